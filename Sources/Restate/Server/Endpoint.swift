import RestateHTTP
import RestateProtocol

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Serves handlers to a Restate server, and the application's own HTTP routes.
///
/// ```swift
/// await Endpoint(Ticket(), SeatMap(), Checkout(gateway: gateway)).serve(port: 9080)
/// ```
/// Then register the endpoint: `restate deployments register http://localhost:9080`.
public struct Endpoint: Sendable {
    let services: [any RestateService]
    private(set) var routes: [Route] = []
    /// The keys of the servers that may invoke handlers; nil allows every client.
    var identityKeys: [String]?
    /// The rule for where attempts run. Only tests change it.
    package var placing = Placement.Rule.adaptive()
    /// Set while handlers are tested.
    package var rehearsal: (any Rehearsal)?
    /// The explicit choice of streaming; nil chooses by the HTTP version of discovery.
    private(set) var isStreaming: Bool?
    private(set) var runThreads: Int?
    private(set) var messageLimit: Int?
    var logger: (any RestateLogger)?
    var logLevel: LogLevel?
    var metrics: [EndpointMetrics] = []
    var recording: JournalRecording?
    var defaults = HandlerOptions()
    /// Options for single services. If a service has two entries, the later one applies.
    var options: [(service: any RestateService.Type, values: HandlerOptions)] = []

    /// Makes an endpoint that serves these services. Nothing listens until it is started or served.
    public init(_ services: any RestateService...) {
        self.init(services)
    }

    /// Makes an endpoint that serves these services, for a list that is made at run time.
    public init(_ services: [any RestateService]) {
        self.services = services
    }

    /// Adds an HTTP route to the endpoint's port.
    ///
    /// - Parameters:
    ///   - method: the method of HTTP, in capitals like `GET`.
    ///   - path: the path without a query, compared byte by byte. A part in braces, as in
    ///     `/orders/{id}`, matches any single non-empty part; ``RouteRequest/parameters`` has its
    ///     value. Paths that end in `discover` or `health` are never matched by a pattern.
    ///   - bodyLimit: the limit for the bytes of a request's body, 8 MiB by default.
    ///   - tooLarge: the answer to a larger body, which must not be streamed; by default it is
    ///     status 413 with a sentence as text.
    ///   - respond: answers a request. It runs on an event loop, so it must not block.
    public func route(
        _ method: String, _ path: String, bodyLimit: Int? = nil, tooLarge: RouteResponse? = nil,
        _ respond: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) -> Endpoint {
        let route = Route(
            method: method, path: path, bodyLimit: bodyLimit ?? Route.bodyLimit,
            tooLarge: tooLarge, respond: respond)
        return with { $0.routes.append(route) }
    }

    /// Accepts discovery and invocations only from Restate servers that sign their requests with
    /// one of these keys. Other clients get status 401 before anything else of their request is
    /// read. Routes and the health check stay open.
    ///
    /// ```swift
    /// await Endpoint(Ticket())
    ///     .requestIdentity(keys: ["publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY"])
    ///     .serve()
    /// ```
    /// A signature is valid for one minute before and after its time, so the clocks of both sides
    /// must agree within that. Set keys if anything but the server can reach the port.
    ///
    /// Signatures need a build with the package trait `RequestIdentity` and libssl-dev
    /// (`swift build --traits RequestIdentity`).
    ///
    /// - Parameter keys: the public keys as the servers log them at their start. Several keys allow
    ///   a key change. Further calls add keys. An endpoint with an empty list or a malformed key,
    ///   or built without the trait, does not start: ``start(host:port:loops:)`` throws an
    ///   ``EndpointError`` that says why.
    public func requestIdentity(keys: [String]) -> Endpoint {
        with { $0.identityKeys = (identityKeys ?? []) + keys }
    }

    /// Sets whether the server may keep an attempt's request open and stream messages into it.
    ///
    /// By default it may if it registered the endpoint over HTTP/2, and may not over HTTP/1.1.
    /// Choose `false` behind a proxy that buffers requests, as nginx' `proxy_pass` and most
    /// gateways do: otherwise an attempt stalls until the server's inactivity timeout. Choose
    /// `true` if every proxy on the way streams HTTP/1.1. Register the deployment again afterwards.
    public func streaming(_ isStreaming: Bool) -> Endpoint {
        with { $0.isStreaming = isStreaming }
    }

    /// Sets the number of closures of runs that may execute at once; further ones wait. By default
    /// all endpoints of the process share 64 threads.
    public func runThreads(_ limit: Int) -> Endpoint {
        with { $0.runThreads = limit }
    }

    /// Sets the limit for one value on its way to the server, including its framing. It is 32 MiB
    /// by default; change it with the server's own limit (`networking.message-size-limit`). A
    /// larger value ends the attempt with an error that names the operation. The limit for a
    /// message from the server is 64 MiB, or twice this limit if that is more.
    public func messageSizeLimit(_ bytes: Int) -> Endpoint {
        with { $0.messageLimit = bytes }
    }

    /// Checks all that ``start(host:port:loops:)`` checks before it opens the port: services, handlers,
    /// options, routes and keys.
    ///
    /// - Throws: an error that says what is wrong with the endpoint.
    public func validate() throws(EndpointError) { _ = try Router(self) }

    func with(_ change: (inout Endpoint) -> Void) -> Endpoint {
        var copy = self
        change(&copy)
        return copy
    }

    /// Starts to serve, and returns once the port is open.
    ///
    /// - Parameters:
    ///   - host: the name or address to listen on; nil for all interfaces.
    ///   - port: the port; 0 chooses a free one, see ``RunningEndpoint/port``.
    ///   - loops: the number of event loops, each with a thread; by default one per core. Handlers
    ///     that compute run on as many further threads, so that they do not delay the loops.
    /// - Throws: an error if the services cannot be served, a request identity key cannot be used,
    ///   or the port cannot be opened.
    public func start(
        host: String? = nil, port: Int = 9080, loops: Int? = nil
    ) throws(EndpointError) -> RunningEndpoint {
        // The caller of `start` logs for itself, so these lines are only for debugging.
        try start(host: host, port: port, loops: loops, telling: .debug)
    }

    /// - Parameter level: the level of the lines about the endpoint's start and end.
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
        do {
            let server = try HTTPServer.start(host: host ?? "", port: port, loops: count) { loop in
                Reception(router, placement, loop)
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
                server, placement.workers, router.settings, telling: level, metrics)
        } catch {
            throw EndpointError(error, port: port)
        }
    }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then drains like
    /// ``RunningEndpoint/shutdown(grace:)``.
    ///
    /// The log says when the endpoint listens and how it ends. If it cannot start, it prints the
    /// reason on standard error and ends the process with status 1. To handle that error, use
    /// ``start(host:port:loops:)``.
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

/// An endpoint that is listening.
public struct RunningEndpoint: Sendable {
    private let server: HTTPServer
    private let workers: WorkerPool
    private let settings: AttemptSettings
    /// The level of the lines about the endpoint's end.
    private let level: LogLevel
    private let metrics: [EndpointMetrics]

    /// The time limit for the last answers to be sent after the grace period.
    private static let farewell = Duration.milliseconds(500)

    init(
        _ server: HTTPServer, _ workers: WorkerPool, _ settings: AttemptSettings,
        telling level: LogLevel, _ metrics: [EndpointMetrics]
    ) {
        self.server = server
        self.workers = workers
        self.settings = settings
        self.level = level
        self.metrics = metrics
    }

    /// The port on which the endpoint listens.
    public var port: Int { server.port }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then drains like
    /// ``shutdown(grace:)``.
    public func untilTerminated(grace: Duration = .seconds(10)) async {
        await HTTPServer.untilTerminated()
        await shutdown(grace: grace)
    }

    /// Shuts down gracefully. Attempts that wait suspend at once, so that the server continues them
    /// elsewhere. Attempts that execute a run get up to `grace` to finish it, and then suspend.
    /// Attempts that have not ended by then end with an error that says so, and the server retries
    /// them. New requests are answered with 503 and `retry-after: 1`.
    public func shutdown(grace: Duration = .seconds(10)) async {
        let log = settings.log
        log(level, "Shutting down: what runs gets \(grace) to end")
        server.drain()
        var cut = 0
        if await !server.emptied(within: grace) {
            cut = await server.giveUp(after: grace)
            if cut > 0 { _ = await server.emptied(within: Self.farewell) }
        }
        await server.shutdown(deadline: .zero) {
            // Streams were closed during this turn; its end passes the news to attempts on strands.
            for loop in server.loops { await loop.turnEnded() }
            await workers.stopped()
        }
        await settings.recorder?.flushed()
        for metrics in metrics { metrics.detach(server) }
        if cut > 0 {
            log(.warn, "Shut down; attempts that had not ended and were cut: \(cut)")
        } else {
            log(level, "Shut down: all attempts have ended or suspended")
        }
    }
}
