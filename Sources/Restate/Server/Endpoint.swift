internal import Glibc
import RestateHTTP
import RestateProtocol

/// Serves handlers to a Restate server, and routes of the application's own.
///
/// ```swift
/// await Endpoint(Ticket(), SeatMap(), Checkout(gateway: gateway)).serve(port: 9080)
/// ```
/// Then tell the server: `restate deployments register http://localhost:9080`.
public struct Endpoint: Sendable {
    let services: [any RestateService]
    private(set) var routes: [Route] = []
    /// Nil if nothing was said of them: then everybody may invoke handlers.
    private(set) var identityKeys: [String]?
    /// Where attempts run. Only tests say another rule.
    package var placing = Placement.Rule.adaptive()
    /// Set while the handlers are tried out.
    package var rehearsal: (any Rehearsal)?
    /// Nil: as the version of HTTP says that asks.
    private(set) var isStreaming: Bool?
    private(set) var runThreads: Int?
    private(set) var messageLimit: Int?
    var logger: (any RestateLogger)?
    var logLevel: LogLevel?
    var hooks: [any InvocationHooks] = []
    var metrics: [EndpointMetrics] = []
    var defaults = HandlerOptions()
    /// By the service's type; of two for one service the later counts.
    var options: [(service: any RestateService.Type, values: HandlerOptions)] = []

    public init(_ services: any RestateService...) {
        self.init(services)
    }

    public init(_ services: [any RestateService]) {
        self.services = services
    }

    /// Adds an ordinary HTTP route, beside the handlers and on the same port.
    ///
    /// - Parameters:
    ///   - path: compared exactly, without the query. A part in braces, as in `/orders/{id}`, stands for
    ///     any one part that is not empty, and ``RouteRequest/parameters`` has it; `discover` and `health`
    ///     at the end of such a path stay the endpoint's own.
    ///   - bodyLimit: how many bytes a request's body may have, 8 MiB by default; beyond that the
    ///     answer is status 413.
    ///   - respond: runs on an event loop; what blocks belongs elsewhere.
    public func route(
        _ method: String, _ path: String, bodyLimit: Int? = nil,
        _ respond: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) -> Endpoint {
        let route = Route(
            method: method, path: path, bodyLimit: bodyLimit ?? Route.bodyLimit, respond: respond)
        return with { $0.routes.append(route) }
    }

    /// Takes discovery and invocations from those Restate servers only that sign their requests
    /// with one of these keys; all others get status 401 before anything of theirs is read. Routes
    /// and the health check stay open.
    ///
    /// ```swift
    /// await Endpoint(Ticket())
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
        with { $0.identityKeys = (identityKeys ?? []) + keys }
    }

    /// Whether the server may leave an attempt's request open and stream into it.
    ///
    /// Left unsaid, it may if it registered the endpoint over HTTP/2, and may not over HTTP/1.1.
    /// Say `false` behind a proxy that collects a request before it passes it on, as nginx' `proxy_pass`
    /// and most gateways do: else nothing goes on until the server's inactivity timeout. Say `true` if
    /// all on the way stream HTTP/1.1. Register the deployment again afterwards.
    public func streaming(_ isStreaming: Bool) -> Endpoint {
        with { $0.isStreaming = isStreaming }
    }

    /// How many closures of runs may block at once; the next ones wait. Without it 64 in all for the
    /// process's endpoints.
    public func runThreads(_ limit: Int) -> Endpoint {
        with { $0.runThreads = limit }
    }

    /// How large one value may be on its way to the server, with what belongs to it: 32 MiB, unless
    /// the server's own limit (`networking.message-size-limit`) was changed. A larger one ends the
    /// attempt with an error that names the operation. A message from the server may have 64 MiB, or
    /// twice this limit if that is more.
    public func messageSizeLimit(_ bytes: Int) -> Endpoint {
        with { $0.messageLimit = bytes }
    }

    /// Adds hooks around every attempt of every handler, and around every step that is really run. The
    /// first ones are outermost; those of services and handlers are within.
    public func hooks(_ hooks: any InvocationHooks...) -> Endpoint {
        with { $0.hooks += hooks }
    }

    func with(_ change: (inout Endpoint) -> Void) -> Endpoint {
        var copy = self
        change(&copy)
        return copy
    }

    /// Starts serving, and returns once the port is open.
    ///
    /// - Parameters:
    ///   - host: a name or address to listen on; nil for all interfaces.
    ///   - port: 0 for any free one; see ``RunningEndpoint/port``.
    ///   - loops: event loops, one thread each; by default one per core. Handlers that compute run on
    ///     other threads, as many at once, so that they hold up nobody, with one loop too.
    /// - Throws: if the services cannot be served, a request identity key not used, or the port not
    ///   opened.
    public func start(
        host: String? = nil, port: Int = 9080, loops: Int? = nil
    ) throws(EndpointError) -> RunningEndpoint {
        // Whoever starts an endpoint tells of it.
        try start(host: host, port: port, loops: loops, telling: .debug)
    }

    /// - Parameter level: of the lines about the endpoint's start and end.
    private func start(
        host: String?, port: Int, loops: Int?, telling level: LogLevel
    ) throws(EndpointError) -> RunningEndpoint {
        guard (0...65535).contains(port) else {
            throw EndpointError(.address, "A port is a number from 0 to 65535, not \(port).")
        }
        if let loops, loops < 1 {
            throw EndpointError(
                .setting,
                "An endpoint needs an event loop at least, not \(loops). Leave 'loops' out for one per "
                    + "core.")
        }
        let router = try Router(self)
        let count = loops ?? EventLoop.coreCount
        let placement = Placement(loops: count, placing)
        let attempts = OpenAttempts()
        do {
            let server = try HTTPServer.start(host: host ?? "", port: port, loops: count) { loop in
                Reception(router, placement, attempts, loop)
            }
            let place = host.map { "\($0) port \(server.port)" } ?? "port \(server.port)"
            router.settings.log(
                level,
                "Listening on \(place): \(router.summary); service protocol "
                    + "\(ProtocolVersion.lowest.rawValue) to \(ProtocolVersion.highest.rawValue); "
                    + router.trust)
            for metrics in metrics {
                metrics.expect(router.handlers)
                metrics.attach(server)
            }
            return RunningEndpoint(
                server, placement.workers, attempts, router.settings.log, telling: level, metrics)
        } catch {
            throw EndpointError(error, port: port)
        }
    }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then drains as
    /// ``RunningEndpoint/shutdown(grace:)`` does.
    ///
    /// The log tells when it listens, and how it ends. If it cannot start, it says why on standard error
    /// and ends the process with status 1. Who wants to know instead uses ``start(host:port:loops:)``.
    public func serve(
        host: String? = nil, port: Int = 9080, loops: Int? = nil,
        grace: Duration = .seconds(10)
    ) async {
        let running: RunningEndpoint
        do {
            running = try start(host: host, port: port, loops: loops, telling: .info)
        } catch {
            StandardErrorLogger.write("restate: \(error.description)\n")
            exit(1)
        }
        await running.untilTerminated(grace: grace)
    }
}

/// An endpoint that listens.
public struct RunningEndpoint: Sendable {
    private let server: HTTPServer
    private let workers: WorkerPool
    private let attempts: OpenAttempts
    private let log: EndpointLog
    /// Of the lines about its end.
    private let level: LogLevel
    private let metrics: [EndpointMetrics]

    /// What an answer may take to leave when the grace is over.
    private static let farewell = Duration.milliseconds(500)

    init(
        _ server: HTTPServer, _ workers: WorkerPool, _ attempts: OpenAttempts, _ log: EndpointLog,
        telling level: LogLevel, _ metrics: [EndpointMetrics]
    ) {
        self.server = server
        self.workers = workers
        self.attempts = attempts
        self.log = log
        self.level = level
        self.metrics = metrics
    }

    /// The port that it listens on.
    public var port: Int { server.port }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then drains as
    /// ``shutdown(grace:)`` does.
    public func untilTerminated(grace: Duration = .seconds(10)) async {
        await HTTPServer.untilTerminated()
        await shutdown(grace: grace)
    }

    /// Stops gently: attempts that wait suspend at once, so that the server goes on with them
    /// elsewhere; attempts with a run that is under way get up to `grace` for it, and suspend then.
    /// What has not ended by then ends with an error that says so, and is tried again. New requests
    /// are told to come again in a second.
    public func shutdown(grace: Duration = .seconds(10)) async {
        log(level, "Shutting down: what runs gets \(grace) to end")
        server.drain()
        var cut = 0
        if await !server.emptied(within: grace) {
            cut = await attempts.giveUp(after: grace)
            if cut > 0 { _ = await server.emptied(within: Self.farewell) }
        }
        await server.shutdown(deadline: .zero) {
            // Attempts that ran elsewhere are told by the end of the turn that closed them.
            for loop in server.loops { await loop.turnEnded() }
            await workers.stopped()
        }
        for metrics in metrics { metrics.detach(server) }
        if cut > 0 {
            log(.warn, "Shut down; attempts that had not ended and were cut: \(cut)")
        } else {
            log(level, "Shut down: all attempts have ended or suspended")
        }
    }
}
