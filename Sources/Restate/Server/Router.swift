import RestateProtocol

/// Finds what a path stands for. Made once per endpoint; immutable.
final class Router: Sendable {
    enum Target {
        case invoke(ServedHandler)
        case unknownHandler(String)
        case discover
        case health
        case route(Route)
        case wrongMethod(allowed: String)
        case nothing
    }

    let handlers: [ServedHandler]
    let discovery: Discovery
    private let byName: [Substring: ServedHandler]
    private let routes: [String: [Route]]

    init(_ endpoint: Endpoint) throws {
        handlers = try endpoint.services.flatMap { try serve($0) }
        byName = Dictionary(
            handlers.map { ("\($0.service)/\($0.name)"[...], $0) },
            uniquingKeysWith: { first, _ in first })
        guard byName.count == handlers.count else {
            let names = endpoint.services.map { type(of: $0).name }
            let twice = names.first { name in names.filter { $0 == name }.count > 1 } ?? ""
            throw EndpointError("Two services are named '\(twice)'. Names must differ.")
        }
        routes = Dictionary(grouping: endpoint.routes, by: \.path)
        discovery = Discovery(endpoint.services, handlers)
    }

    /// - Parameter path: with its query. A prefix before `/invoke`, `/discover` or `/health` is
    ///   fine: endpoints may be mounted anywhere.
    func target(method: String, path: String) -> Target {
        let path = path.prefix { $0 != "?" }
        let segments = path.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init)
        if segments.count >= 3, segments[segments.count - 3] == "invoke" {
            let name = segments[segments.count - 2] + "/" + segments[segments.count - 1]
            guard let handler = byName[name] else { return .unknownHandler(String(name)) }
            return method == "POST" ? .invoke(handler) : .wrongMethod(allowed: "POST")
        }
        if let candidates = routes[String(path)] {
            if let route = candidates.first(where: { $0.accepts(method) }) {
                return .route(route)
            }
            return .wrongMethod(allowed: candidates.map(\.method).joined(separator: ", "))
        }
        switch segments.last {
        case "discover": return method == "GET" ? .discover : .wrongMethod(allowed: "GET")
        case "health":
            return method == "GET" || method == "HEAD" ? .health : .wrongMethod(allowed: "GET")
        default: return .nothing
        }
    }

    /// Why a handler was not found, for whoever reads the server's log.
    func explain(unknown name: String) -> String {
        let service = name.prefix { $0 != "/" }
        let known = handlers.filter { $0.service == service }.map(\.name)
        return known.isEmpty
            ? "There is no service '\(service)' here. Register the deployment again."
            : "Service '\(service)' has no handler '\(name.dropFirst(service.count + 1))'; it has "
                + known.joined(separator: ", ") + ". Register the deployment again."
    }
}

private func serve<S: RestateService>(_ service: S) throws -> [ServedHandler] {
    guard isName(S.name, also: "._-"), !isReserved(S.name) else {
        throw EndpointError(
            "'\(S.name)' cannot be a service's name: letters, digits, '.', '_' and '-', "
                + "beginning with a letter, and not with 'restate' or 'openapi'.")
    }
    let table = TableCache.table(of: S.self)
    guard !table.entries.isEmpty else {
        throw EndpointError(
            "The table \(S.API.self) has no handlers: list them as stored properties, like "
                + "'let greet = handler(Greeter.greet)'.")
    }
    return try table.entries.map { name, entry in
        guard isName(name, also: "_") else {
            throw EndpointError("'\(S.name).\(name)' cannot be a handler's name.")
        }
        guard let body = entry.serve(service) else {
            throw EndpointError("'\(S.name).\(name)' is a handler of another service.")
        }
        return ServedHandler(service: S.name, name: name, entry: entry, body: body)
    }
}

/// What the server takes as a name: a letter, or `_` and a letter or digit, then more of them.
private func isName(_ name: String, also others: String) -> Bool {
    let bytes = Array(name.utf8)
    func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard let first = bytes.first else { return false }
    if !isLetter(first) {
        guard first == UInt8(ascii: "_"), bytes.count > 1, isLetter(bytes[1]) || isDigit(bytes[1])
        else { return false }
    }
    return bytes.allSatisfy { isLetter($0) || isDigit($0) || others.utf8.contains($0) }
}

private func isReserved(_ name: String) -> Bool {
    name.lowercased().hasPrefix("restate") || name.lowercased().hasPrefix("openapi")
}
