internal import Primitives
internal import Restate
internal import RestateRuntime

/// The routes for Kafka, which this runtime does not have. They answer as a server without any
/// Kafka cluster does.
extension Admin {
    private struct Subscription: Decodable {
        var source: String
        var sink: String
        var options: [String: String]?
    }

    /// Checks a subscription as a server does, and then refuses it because the cluster is unknown.
    func subscribe(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let wanted = try request.json(Subscription.self, "a subscription")
        let source = try Address(wanted.source, "source")
        let sink = try Address(wanted.sink, "sink")
        guard source.scheme == "kafka" else {
            throw .sink(
                "source URI '\(wanted.source)': must have a scheme segment, with supported "
                    + "schemes: [kafka].")
        }
        guard sink.scheme == "service" else {
            throw .sink(
                "sink URI '\(wanted.sink)': must have a scheme segment, with supported "
                    + "schemes: [service].")
        }
        try await engine.trying { engine throws(AdminError) in
            guard engine.runtime.registry.services[sink.authority]?.handler(sink.path) != nil else {
                throw .sink(
                    "sink URI '\(wanted.sink)': cannot find service/handler specified in the "
                        + "sink URI.")
            }
        }
        throw .json(
            400, "Kafka cluster '\(source.authority)' not found. Available clusters: []")
    }

    /// The source or the sink of a subscription: `kafka://cluster/topic` or
    /// `service://Service/handler`.
    private struct Address: Sendable {
        let scheme: String
        let authority: String
        let path: String

        init(_ text: String, _ name: String) throws(AdminError) {
            guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !text.isEmpty else {
                throw .shape("\(name): invalid uri character")
            }
            guard let mark = text.firstRange(of: "://") else {
                throw .shape("\(name): invalid format")
            }
            scheme = text[..<mark.lowerBound].lowercased()
            let rest = text[mark.upperBound...]
            authority = String(rest.prefix { $0 != "/" })
            path = String(rest.dropFirst(authority.count).dropFirst())
            guard !authority.isEmpty else { throw .shape("\(name): invalid format") }
        }
    }

    func unknownSubscription(_ id: String, _ request: AdminRequest) -> AdminError {
        if let complaint = ResourceID.complaint(id, .subscription) {
            return .path("subscription", id, complaint)
        }
        return request.method == .delete
            ? .unregistered("subscription with id '\(id)'")
            : .json(404, "The requested subscription '\(id)' does not exist")
    }

    private struct Cluster: Decodable {
        var name: String
        var properties: [String: String]
    }

    /// Refuses a new Kafka cluster, after a server's check of its properties.
    func refusedCluster(_ request: AdminRequest) throws(AdminError) -> AdminError {
        let cluster = try request.json(Cluster.self, "a Kafka cluster")
        guard cluster.properties.keys.contains(where: Self.brokers.contains) else {
            return .json(
                400,
                "kafka cluster '\(cluster.name)' properties must contain either "
                    + "'bootstrap.servers' or 'metadata.broker.list'")
        }
        return .notHere("Kafka is", "A Restate server has it.")
    }

    private static let brokers = ["bootstrap.servers", "metadata.broker.list"]

    func unknownCluster(_ name: String, _ request: AdminRequest) -> AdminError {
        request.method == .get
            ? .json(404, "The requested Kafka cluster '\(name)' does not exist")
            : .unregistered("kafka cluster named '\(name)'")
    }
}

extension AdminError {
    fileprivate static func sink(_ reason: String) -> AdminError {
        .json(400, "[META0009] invalid \(reason)", code: "META0009")
    }

    /// Refuses what only a Restate server has.
    static func notHere(_ what: String, _ advice: String) -> AdminError {
        .json(501, "\(what) not part of the local runtime. \(advice)")
    }
}
