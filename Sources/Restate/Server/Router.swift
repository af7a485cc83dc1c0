import Primitives
import RestateHTTP
import RestateIdentity
import RestateProtocol

/// Maps paths to handlers, routes and discovery. It is made once for each endpoint and is
/// immutable.
final class Router: Sendable {
    /// The meaning of a request's path, whatever its method. Access control and dispatch both use
    /// this one reading of the path, so they cannot disagree.
    enum Place {
        case handler(ServedHandler)
        /// An invocation of an unknown handler, with its `{service}/{handler}`.
        case unknownHandler(String)
        case discovery
        case health
        /// - Parameter path: set if the path has parameters.
        case routes([Route], path: RoutePath?)
        case nothing

        /// The path that the signature of a request must name, without the prefix under which the
        /// endpoint is mounted. Nil for places that are open to every client.
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
    let settings: AttemptSettings
    let discovery: Discovery
    /// The keys of servers that may invoke handlers and ask for discovery; nil for every client.
    let identityKeys: [IdentityKey]?
    private let isStreaming: Bool?
    private let endpoint: Endpoint
    /// The router for replays of recorded journals, made with the first one.
    private let replaying = Locked<Router?>(nil)
    private let index: HandlerIndex
    private let routes: [[UInt8]: [Route]]
    /// The routes whose paths have parameters.
    private let patterns: [(path: RoutePath, routes: [Route])]

    init(_ endpoint: Endpoint) throws(EndpointError) {
        guard !endpoint.services.isEmpty || !endpoint.routes.isEmpty else {
            throw EndpointError(
                .handlers,
                "The endpoint has neither services nor routes: name what it serves, like "
                    + "'Endpoint(Greeter())'.")
        }
        settings = try AttemptSettings(of: endpoint)
        let coding = EndpointCoding(of: endpoint)
        var services: [ServiceDefinition] = []
        for service in endpoint.services {
            services.append(try ServiceDefinition(service, of: endpoint, settings, coding))
        }
        handlers = services.flatMap(\.handlers)
        index = HandlerIndex(handlers)
        let names = services.map(\.name)
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw EndpointError(
                .duplicateService, "Two services are named '\(twice)'. Names must differ.")
        }
        (routes, patterns) = try arranged(endpoint.routes)
        try checkOptions(of: endpoint)
        discovery = Discovery(services)
        identityKeys = try endpoint.identityKeys.map(parse)
        isStreaming = endpoint.isStreaming
        self.endpoint = endpoint
    }

    /// Returns the twin of a handler that replays a recorded journal and executes nothing.
    func replaying(_ handler: ServedHandler) -> ServedHandler? {
        let router = replaying.withLock { known -> Router? in
            // It cannot fail: the same services are served already.
            if known == nil { known = try? Router(endpoint.replaying) }
            return known
        }
        return router?.handlers.first { $0.service == handler.service && $0.name == handler.name }
    }

    /// A prefix before `/invoke`, `/discover` or `/health` is ignored, because endpoints may be
    /// mounted under any path. So is the query.
    func place(of path: UnsafeRawBufferPointer) -> Place {
        if let name = invoked(path) {
            return index.handler(named: name).map(Place.handler)
                ?? .unknownHandler(String(decoding: name, as: UTF8.self))
        }
        let path = path.prefix { $0 != UInt8(ascii: "?") }
        if let found = routes[Array(path)] { return .routes(found, path: nil) }
        if let last = path.split(separator: UInt8(ascii: "/")).last {
            if last.elementsEqual("discover".utf8) { return .discovery }
            if last.elementsEqual("health".utf8) { return .health }
        }
        let pattern = patterns.first { $0.path.parameters(in: path) != nil }
        return pattern.map { .routes($0.routes, path: $0.path) } ?? .nothing
    }

    /// Many proxies that speak HTTP/1.1 buffer requests. So a server that asks over HTTP/1.1 is
    /// told not to stream, unless the application chose otherwise.
    func mode(over version: HTTPVersion) -> ProtocolMode {
        isStreaming ?? (version == .http2) ? .streaming : .requestResponse
    }

    /// Says why a handler was not found, for the reader of the server's log.
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

/// Groups routes by their paths, and lists those with parameters in the order in which they were
/// added.
private func arranged(
    _ routes: [Route]
) throws(EndpointError) -> ([[UInt8]: [Route]], [(path: RoutePath, routes: [Route])]) {
    var plain: [[UInt8]: [Route]] = [:]
    var patterns: [(path: RoutePath, routes: [Route])] = []
    var places: [[UInt8]: Int] = [:]
    for route in routes {
        let path = try RoutePath(route.path)
        if !path.hasParameters {
            try add(route, to: &plain[path.shape, default: []])
        } else if let place = places[path.shape] {
            try add(route, to: &patterns[place].routes)
        } else {
            places[path.shape] = patterns.count
            patterns.append((path, [route]))
        }
    }
    return (plain, patterns)
}

/// Adds a route to those of its path. One that no request could reach is refused.
private func add(_ route: Route, to others: inout [Route]) throws(EndpointError) {
    if let other = others.first, other.path != route.path {
        throw EndpointError(
            .setting,
            "The routes '\(other.path)' and '\(route.path)' match the same requests: give their "
                + "parameters the same names.")
    }
    guard !others.contains(where: { $0.method == route.method }) else {
        throw EndpointError(.setting, "The route \(route.method) '\(route.path)' is added twice.")
    }
    others.append(route)
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

/// Refuses options for a service that is not served, because they would have no effect.
private func checkOptions(of endpoint: Endpoint) throws(EndpointError) {
    let served = endpoint.services.map { ObjectIdentifier(type(of: $0)) }
    for (service, _) in endpoint.options where !served.contains(ObjectIdentifier(service)) {
        throw EndpointError(
            .options,
            "The endpoint has options for '\(service.name)', which it does not serve: name the service "
                + "in 'Endpoint(…)' too, or leave the options out.")
    }
}
