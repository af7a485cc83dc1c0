import RestateHTTP2
import RestateProtocol

/// Serves handlers to a Restate server, and routes of the application's own.
///
/// ```swift
/// try await Endpoint(Ticket(), SeatMap(), Checkout(gateway: gateway)).serve(port: 9080)
/// ```
/// Then tell the server: `restate deployments register http://localhost:9080`.
public struct Endpoint: Sendable {
    let services: [any RestateService]
    private(set) var routes: [Route] = []
    /// Nil if nothing was said of them: then everybody may invoke handlers.
    private(set) var identityKeys: [String]?
    /// Where attempts run. Only tests say another rule.
    package var placing = Placement.Rule.adaptive

    public init(_ services: any RestateService...) {
        self.init(services)
    }

    public init(_ services: [any RestateService]) {
        self.services = services
    }

    /// Adds an ordinary HTTP route, beside the handlers and on the same port.
    ///
    /// - Parameters:
    ///   - path: compared exactly, without the query.
    ///   - respond: runs on an event loop; what blocks belongs elsewhere.
    public func route(
        _ method: String, _ path: String,
        _ respond: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) -> Endpoint {
        var copy = self
        copy.routes.append(Route(method: method, path: path, respond: respond))
        return copy
    }

    /// Takes discovery and invocations from those Restate servers only that sign their requests
    /// with one of these keys; all others get status 401 before anything of theirs is read. Routes
    /// and the health check stay open.
    ///
    /// ```swift
    /// try await Endpoint(Ticket())
    ///     .requestIdentity(keys: ["publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY"])
    ///     .serve()
    /// ```
    /// Signatures are valid for a minute before and after they are made, so the clocks of both
    /// sides must agree that well. They are needed wherever others than the server reach the port.
    ///
    /// Needs a build with the package trait `RequestIdentity` and libssl-dev
    /// (`swift build --traits RequestIdentity`).
    ///
    /// - Parameter keys: public keys as a server logs its own at its start; several while keys are
    ///   changed. Further calls add to them. An endpoint with an empty list, a malformed key, or a
    ///   build without the trait does not start: ``start(host:port:loops:)`` throws an
    ///   ``EndpointError`` that says why.
    public func requestIdentity(keys: [String]) -> Endpoint {
        var copy = self
        copy.identityKeys = (identityKeys ?? []) + keys
        return copy
    }

    /// Starts serving, and returns once the port is open.
    ///
    /// - Parameters:
    ///   - host: a name or address to listen on; nil for all interfaces.
    ///   - port: 0 for any free one; see ``RunningEndpoint/port``.
    ///   - loops: event loops, one thread each; by default one per core. Handlers that compute run on
    ///     other threads, as many at once, so that they hold up nobody, with one loop too.
    /// - Throws: ``EndpointError`` if the services cannot be served, a request identity key not
    ///   used, or the port not opened.
    public func start(
        host: String? = nil, port: Int = 9080, loops: Int? = nil
    ) throws -> RunningEndpoint {
        let router = try Router(self)
        let count = loops ?? EventLoop.coreCount
        let placement = Placement(loops: count, placing)
        do {
            let server = try HTTPServer.start(host: host ?? "", port: port, loops: count) { loop in
                Reception(router, placement, loop)
            }
            return RunningEndpoint(server, placement.workers)
        } catch {
            throw EndpointError(error.description)
        }
    }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then drains: attempts may
    /// finish or suspend for up to `grace`.
    public func serve(
        host: String? = nil, port: Int = 9080, loops: Int? = nil,
        grace: Duration = .seconds(10)
    ) async throws {
        try await start(host: host, port: port, loops: loops).untilTerminated(grace: grace)
    }
}

/// An endpoint that listens.
public struct RunningEndpoint: Sendable {
    private let server: HTTPServer
    private let workers: WorkerPool

    init(_ server: HTTPServer, _ workers: WorkerPool) {
        self.server = server
        self.workers = workers
    }

    /// The port that it listens on.
    public var port: Int { server.port }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then drains: attempts may
    /// finish or suspend for up to `grace`.
    public func untilTerminated(grace: Duration = .seconds(10)) async {
        await HTTPServer.untilTerminated()
        await shutdown(grace: grace)
    }

    /// Stops accepting, lets open requests finish for up to `grace`, then closes.
    public func shutdown(grace: Duration = .seconds(10)) async {
        await server.shutdown(deadline: grace) {
            // Attempts that ran elsewhere are told by the end of the turn that closed them.
            for loop in server.loops { await loop.turnEnded() }
            await workers.stopped()
        }
    }
}

/// Why an endpoint cannot start, as a sentence.
public struct EndpointError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
