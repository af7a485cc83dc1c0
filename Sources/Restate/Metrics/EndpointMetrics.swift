import Primitives
import RestateHTTP

/// Counts what an endpoint does: attempts and their outcomes, journal entries, executed steps,
/// connections, requests and bytes.
///
/// ```swift
/// let metrics = EndpointMetrics()
/// let running = try Endpoint(Ticket()).metrics(metrics, at: "/metrics").start(port: 9080)
/// …
/// let sold = metrics.snapshot["Ticket", "reserve"]?.attemptsEnded[.completed] ?? 0
/// ```
/// Use one object for each endpoint. It has one row for each handler, so its memory is bounded.
public final class EndpointMetrics: InvocationHooks {
    private struct Name: Hashable {
        let service: String
        let handler: String
    }

    private let handlers = Locked<[Name: MetricsSnapshot.Handler]>([:])
    private let server = Locked(Server())

    private struct Server {
        var running: HTTPServer?
        /// The traffic of servers that have ended.
        var past = ServerTraffic()
    }

    /// Makes counters that begin at zero, for one endpoint.
    public init() {}

    /// The numbers of this moment.
    public var snapshot: MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        snapshot.handlers = handlers.withLock { Array($0.values) }
            .sorted { ($0.service, $0.handler) < ($1.service, $1.handler) }
        let traffic = server.withLock { $0.past + ($0.running?.traffic ?? ServerTraffic()) }
        snapshot.openConnections = traffic.openConnections
        snapshot.openStreams = traffic.openStreams
        snapshot.bytesReceived = traffic.bytesReceived
        snapshot.bytesSent = traffic.bytesSent
        return snapshot
    }

    /// The numbers of this moment, in the text format of Prometheus.
    public var prometheusText: String { PrometheusText(snapshot).text }

    // MARK: The endpoint's side

    /// Makes the row of each handler, so that a handler that was never called shows zeros.
    func expect(_ served: [ServedHandler]) {
        for handler in served {
            change(Name(service: handler.service, handler: handler.name)) { _ in }
        }
    }

    func attach(_ running: HTTPServer) {
        server.withLock { $0.running = running }
    }

    /// Adds the traffic of a server that ends to the past.
    func detach(_ ended: HTTPServer) {
        let traffic = ended.traffic
        server.withLock { server in
            guard server.running === ended else { return }
            server.running = nil
            server.past.bytesReceived &+= traffic.bytesReceived
            server.past.bytesSent &+= traffic.bytesSent
        }
    }

    private func change(_ name: Name, _ change: (inout MetricsSnapshot.Handler) -> Void) {
        handlers.withLock { handlers in
            change(
                &handlers[
                    name, default: .init(service: name.service, handler: name.handler)])
        }
    }

    private func change(
        _ target: HandlerTarget, _ body: (inout MetricsSnapshot.Handler) -> Void
    ) {
        change(Name(service: target.service, handler: target.handler), body)
    }

    // MARK: Hooks

    public func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
        change(attempt.target) { $0.attemptsBegun += 1 }
        try await next()
    }

    public func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws {
        do {
            try await next()
            change(attempt.target) { $0.runs[.completed, default: 0] += 1 }
        } catch {
            let outcome: AttemptReport.Outcome = error is TerminalError ? .terminal : .failed
            change(attempt.target) { $0.runs[outcome, default: 0] += 1 }
            throw error
        }
    }

    public func ended(_ attempt: AttemptInfo, _ report: AttemptReport) {
        change(attempt.target) { numbers in
            if !report.handlerBegan { numbers.attemptsBegun += 1 }
            numbers.attemptsEnded[report.outcome, default: 0] += 1
            numbers.durations.add(report.duration)
            numbers.entriesReplayed += report.knownEntries
            numbers.entriesWritten += report.newEntries
        }
    }
}

extension ServerTraffic {
    fileprivate static func + (past: ServerTraffic, now: ServerTraffic) -> ServerTraffic {
        var sum = now
        sum.bytesReceived &+= past.bytesReceived
        sum.bytesSent &+= past.bytesSent
        return sum
    }
}

extension Endpoint {
    /// Counts what the endpoint does, and serves the numbers as Prometheus text on a path of the
    /// same port.
    ///
    /// ```swift
    /// await Endpoint(Ticket()).metrics(at: "/metrics").serve()
    /// ```
    /// The path is open to every client that can reach the port, also with
    /// ``requestIdentity(keys:)``.
    ///
    /// - Parameters:
    ///   - metrics: the counters; pass an object to read its ``EndpointMetrics/snapshot`` too.
    ///   - path: the path of the route; nil for no route.
    public func metrics(
        _ metrics: EndpointMetrics = EndpointMetrics(), at path: String? = "/metrics"
    ) -> Endpoint {
        // Outermost, so that the time of other hooks is counted too.
        let counting = with {
            $0.defaults.hooks.insert(metrics, at: 0)
            $0.metrics.append(metrics)
        }
        guard let path else { return counting }
        return counting.route("GET", path) { _ in
            RouteResponse(
                headers: [("content-type", PrometheusText.contentType)],
                body: Array(metrics.prometheusText.utf8))
        }
    }
}
