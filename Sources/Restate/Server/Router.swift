import RestateHTTP
import RestateIdentity
import RestateProtocol

/// Finds what a path stands for. Made once per endpoint; immutable.
final class Router: Sendable {
    /// What a request's path stands for, whatever its method. The path is read once, by its bytes, so
    /// that who may come in and where it leads to cannot be judged by two readings.
    enum Place {
        case handler(ServedHandler)
        /// `{service}/{handler}` of an invocation of what is not here.
        case unknownHandler(String)
        case discovery
        case health
        case routes([Route])
        case nothing

        /// What the signature of a request to this place must be for: the path without what the
        /// endpoint is mounted under. Nil for what is open to all.
        var audience: String? {
            switch self {
            case .handler(let handler): "/invoke/\(handler.service)/\(handler.name)"
            case .unknownHandler(let name): "/invoke/\(name)"
            case .discovery: "/discover"
            case .health, .routes, .nothing: nil
            }
        }
    }

    let handlers: [ServedHandler]
    let discovery: Discovery
    /// Who may invoke handlers and ask what there is; nil for everybody.
    let identityKeys: [IdentityKey]?
    private let isStreaming: Bool?
    private let index: HandlerIndex
    private let routes: [[UInt8]: [Route]]

    init(_ endpoint: Endpoint) throws(EndpointError) {
        guard !endpoint.services.isEmpty || !endpoint.routes.isEmpty else {
            throw EndpointError(
                .handlers,
                "The endpoint has neither services nor routes: name what it serves, like "
                    + "'Endpoint(Greeter())'.")
        }
        let settings = try AttemptSettings(of: endpoint)
        var handlers: [ServedHandler] = []
        for service in endpoint.services {
            handlers += try serve(service, settings)
        }
        self.handlers = handlers
        index = HandlerIndex(handlers)
        let names = endpoint.services.map { type(of: $0).name }
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw EndpointError(
                .duplicateService, "Two services are named '\(twice)'. Names must differ.")
        }
        routes = Dictionary(grouping: endpoint.routes) { Array($0.path.utf8) }
        discovery = Discovery(endpoint.services, handlers)
        identityKeys = try endpoint.identityKeys.map(parse)
        isStreaming = endpoint.isStreaming
    }

    /// A prefix before `/invoke`, `/discover` or `/health` is fine: endpoints may be mounted
    /// anywhere. The query does not count.
    func place(of path: UnsafeRawBufferPointer) -> Place {
        if let name = invoked(path) {
            return index.handler(named: name).map(Place.handler)
                ?? .unknownHandler(String(decoding: name, as: UTF8.self))
        }
        let path = path.prefix { $0 != UInt8(ascii: "?") }
        if let found = routes[Array(path)] { return .routes(found) }
        guard let last = path.split(separator: UInt8(ascii: "/")).last else { return .nothing }
        if last.elementsEqual("discover".utf8) { return .discovery }
        return last.elementsEqual("health".utf8) ? .health : .nothing
    }

    /// Many proxies that speak HTTP/1.1 collect a request before they pass it on; so who asks by it
    /// is told not to stream, unless the endpoint's author knows better.
    func mode(over version: HTTPVersion) -> ProtocolMode {
        isStreaming ?? (version == .http2) ? .streaming : .requestResponse
    }

    /// Why a handler was not found, for whoever reads the server's log.
    func explain(unknown name: String) -> String {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let service = parts.first.flatMap { String($0) } ?? ""
        let handler = parts.last.flatMap { String($0) } ?? ""
        let known = handlers.filter { $0.service.utf8.elementsEqual(service.utf8) }.map(\.name)
        return known.isEmpty
            ? "There is no service '\(service)' here. Register the deployment again."
            : "Service '\(service)' has no handler '\(handler)'; it has "
                + known.joined(separator: ", ") + ". Register the deployment again."
    }
}

private func parse(_ keys: [String]) throws(EndpointError) -> [IdentityKey] {
    guard !keys.isEmpty else {
        throw EndpointError(
            .identity,
            "The list of request identity keys is empty: nobody could invoke anything.")
    }
    do throws(IdentityError) {
        try Ed25519.requireAvailable()
        return try keys.map { key throws(IdentityError) in try IdentityKey(parsing: key) }
    } catch {
        throw EndpointError(.identity, error.description, cause: error)
    }
}

private func serve<S: RestateService>(
    _ service: S, _ settings: AttemptSettings
) throws(EndpointError) -> [ServedHandler] {
    // Only what has no name of its own is called like its type, and that only a generic one so.
    if S.name.utf8.last == UInt8(ascii: ">"), S.name == String(describing: S.self) {
        let type = S.name.prefix { $0 != "<" }
        throw EndpointError(
            .invalidName,
            "\(S.name) is generic, and so its type's name cannot be the service's. Give it one: "
                + "'static var name: String { \"\(type)\" }'.")
    }
    guard isName(S.name, also: "._-"), !isReserved(S.name) else {
        throw EndpointError(
            .invalidName,
            "'\(S.name)' cannot be a service's name: letters, digits, '.', '_' and '-', "
                + "beginning with a letter, and not with 'restate' or 'openapi'.")
    }
    let table = TableCache.table(of: S.self)
    guard !table.entries.isEmpty else {
        throw EndpointError(
            .handlers,
            "The table \(S.API.self) has no handlers: list them as stored properties, like "
                + "'let greet = handler(Greeter.greet)'.")
    }
    if service is any Workflow { try checkRun(table.entries, of: S.name) }
    var handlers: [ServedHandler] = []
    for (name, entry) in table.entries {
        guard isName(name, also: "_") else {
            throw EndpointError(.invalidName, "'\(S.name).\(name)' cannot be a handler's name.")
        }
        guard !entry.place.isConfused else {
            throw EndpointError(
                .handlers,
                "'\(S.name).\(name)' would run the method of another handler: the compiler confuses "
                    + "closures of 'let one = …, two = …'. Write one 'let' per handler, at "
                    + "\(entry.place).")
        }
        guard let body = entry.serve(service) else {
            throw EndpointError(.handlers, "'\(S.name).\(name)' is a handler of another service.")
        }
        handlers.append(
            ServedHandler(
                service: S.name, name: name, entry: entry, settings: settings, body: body))
    }
    return handlers
}

/// A workflow has one handler that runs once per key, and servers know it by its name.
private func checkRun(
    _ entries: [(name: String, entry: any AnyHandler)], of workflow: String
) throws(EndpointError) {
    let runs = entries.filter { $0.entry.kind == .workflow }.map(\.name)
    let listed = "list it as 'let run = workflow(…)'."
    guard let first = runs.first else {
        throw EndpointError(.handlers, "The workflow '\(workflow)' has no 'run': \(listed)")
    }
    guard runs.count == 1 else {
        throw EndpointError(
            .handlers,
            "The workflow '\(workflow)' has \(runs.count) handlers made by 'workflow(…)': "
                + "\(runs.joined(separator: ", ")). One runs once per key, 'run'; make the others "
                + "with 'shared(…)'.")
    }
    guard first == "run" else {
        throw EndpointError(
            .handlers,
            "The workflow '\(workflow)' calls its run '\(first)', but it must be 'run': \(listed)")
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
