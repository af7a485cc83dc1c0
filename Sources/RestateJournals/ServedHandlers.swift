internal import CanonicalJSON

/// What an endpoint serves, as it says at discovery.
package struct ServedHandlers: Decodable, Sendable {
    private struct Named: Decodable {
        var name: String
    }

    private struct Served: Decodable {
        var name: String
        var handlers: [Named]
    }

    private var services: [Served]

    /// Returns nil for what is no manifest.
    package init?(manifest: [UInt8]) {
        guard let read = try? JSON.decode(Self.self, from: manifest[...]) else { return nil }
        self = read
    }

    /// Says what the endpoint lacks, and what it has; nil if it serves the handler.
    func lack(of handler: String, in service: String) -> String? {
        let found = services.first { $0.name.utf8.elementsEqual(service.utf8) }
        guard let found else {
            return "the endpoint does not serve '\(service)'; it serves "
                + Self.listed(services.map(\.name))
        }
        if found.handlers.contains(where: { $0.name.utf8.elementsEqual(handler.utf8) }) {
            return nil
        }
        return "the endpoint serves '\(service)' without '\(handler)'; its handlers are "
            + Self.listed(found.handlers.map(\.name))
    }

    /// As many as a line has room for.
    private static func listed(_ names: [String]) -> String {
        let most = 20
        if names.isEmpty { return "none" }
        let more = names.count > most ? " and \(names.count - most) more" : ""
        return names.prefix(most).joined(separator: ", ") + more
    }
}

extension RecordedJournal {
    /// What asks an endpoint for its manifest.
    package static let manifests = (1...4)
        .map { "application/vnd.restate.endpointmanifest.v\($0)+json" }

    /// The difference that the endpoint does not serve the handler; nil if it does.
    package func difference(from served: ServedHandlers) -> JournalDifference? {
        served.lack(of: handler, in: service).map { lack in
            JournalDifference(
                source: source, invocation: invocation, target: "\(service)/\(handler)",
                command: nil, recorded: nil, attempted: lack, fields: [], note: nil)
        }
    }
}
