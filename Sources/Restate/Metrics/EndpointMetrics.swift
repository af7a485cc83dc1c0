import Primitives
import RestateHTTP

/// Counts what an endpoint does: attempts and what came of them, entries of journals, steps that ran,
/// connections, requests and bytes.
///
/// ```swift
/// let metrics = EndpointMetrics()
/// let running = try Endpoint(Ticket()).metrics(metrics, at: "/metrics").start(port: 9080)
/// …
/// let sold = metrics.snapshot["Ticket", "reserve"]?.attemptsEnded[.completed] ?? 0
/// ```
/// One object is for one endpoint. There is a row for each handler that is served, and no more.
public final class EndpointMetrics: InvocationHooks {
    private struct Name: Hashable {
        let service: String
        let handler: String
    }

    private let handlers = Locked<[Name: MetricsSnapshot.Handler]>([:])
    private let server = Locked(Server())

    private struct Server {
        var running: HTTPServer?
        /// Of servers that have ended.
        var past = ServerTraffic()
    }

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

    /// Gives each handler its row, so that what has not happened yet is seen as 0.
    func expect(_ served: [ServedHandler]) {
        for handler in served {
            change(Name(service: handler.service, handler: handler.name)) { _ in }
        }
    }

    func attach(_ running: HTTPServer) {
        server.withLock { $0.running = running }
    }

    /// The server has ended. What it has carried still counts.
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
    /// Counts what the endpoint does, and shows it as Prometheus text at a path of the same port.
    ///
    /// ```swift
    /// await Endpoint(Ticket()).metrics(at: "/metrics").serve()
    /// ```
    /// The path is open to whoever reaches the port, also with ``requestIdentity(keys:)``.
    ///
    /// - Parameters:
    ///   - metrics: give one to read its ``EndpointMetrics/snapshot`` too.
    ///   - path: nil for no route.
    public func metrics(
        _ metrics: EndpointMetrics = EndpointMetrics(), at path: String? = "/metrics"
    ) -> Endpoint {
        // Outermost, so that what other hooks do is counted too.
        let counting = with {
            $0.hooks.insert(metrics, at: 0)
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
