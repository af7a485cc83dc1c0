import RestateProtocol

/// Finds what a path stands for. Made once per endpoint; immutable.
final class Router: Sendable {
    enum Target {
        case unknownHandler(String)
        case discover
        case health
        case route(Route)
        case wrongMethod(allowed: String)
        case nothing
    }

    let handlers: [ServedHandler]
    let discovery: Discovery
    /// Who may invoke handlers and ask what there is; nil for everybody.
    let identityKeys: [IdentityKey]?
    private let index: HandlerIndex
    private let routes: [String: [Route]]

    init(_ endpoint: Endpoint) throws {
        handlers = try endpoint.services.flatMap { try serve($0) }
        index = HandlerIndex(handlers)
        let names = endpoint.services.map { type(of: $0).name }
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw EndpointError("Two services are named '\(twice)'. Names must differ.")
        }
        routes = Dictionary(grouping: endpoint.routes, by: \.path)
        discovery = Discovery(endpoint.services, handlers)
        identityKeys = try endpoint.identityKeys.map(parse)
    }

    /// The handler that a path invokes. A prefix before `/invoke` is fine, as it is before
    /// `/discover` and `/health`: endpoints may be mounted anywhere.
    func handler(in path: UnsafeRawBufferPointer) -> ServedHandler? {
        index.handler(in: path)
    }

    /// What the signature of a request to this path must be for: the path without what the endpoint
    /// is mounted under. Nil for what is open to all: routes, health, and what does not exist.
    func audience(of path: UnsafeRawBufferPointer) -> String? {
        if let name = invoked(path) { return "/invoke/" + String(decoding: name, as: UTF8.self) }
        let path = String(decoding: path.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        let isDiscovery = routes[path] == nil && path.split(separator: "/").last == "discover"
        return isDiscovery ? "/discover" : nil
    }

    /// What a path stands for that invokes no handler.
    func target(method: String, path: String) -> Target {
        var path = path
        if let name = path.withUTF8({ utf8 in
            invoked(UnsafeRawBufferPointer(utf8)).map { String(decoding: $0, as: UTF8.self) }
        }) {
            return .unknownHandler(name)
        }
        path = String(path.prefix { $0 != "?" })
        if let candidates = routes[path] {
            if let route = candidates.first(where: { $0.accepts(method) }) {
                return .route(route)
            }
            return .wrongMethod(allowed: candidates.map(\.method).joined(separator: ", "))
        }
        switch path.split(separator: "/").last {
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

private func parse(_ keys: [String]) throws(EndpointError) -> [IdentityKey] {
    guard !keys.isEmpty else {
        throw EndpointError(
            "The list of request identity keys is empty: nobody could invoke anything.")
    }
    try Ed25519.requireAvailable()
    var parsed: [IdentityKey] = []
    for key in keys { parsed.append(try IdentityKey(parsing: key)) }
    return parsed
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
