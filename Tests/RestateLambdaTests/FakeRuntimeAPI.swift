import Primitives
import Restate

/// The runtime API of AWS Lambda as far as a runtime uses it: it gives events, and takes answers.
final class FakeRuntimeAPI: Sendable {
    struct Report: Sendable {
        /// `response`, `error` or `init/error`.
        var kind: String
        var id: String
        var body: [UInt8]
        var headers: [(name: String, value: String)]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    let running: RunningEndpoint
    private let events: AsyncStream<(id: String, event: [UInt8])>.Continuation
    private let reports: AsyncStream<Report>

    init() throws {
        let (waiting, events) = AsyncStream.makeStream(of: (id: String, event: [UInt8]).self)
        let (reports, reporter) = AsyncStream.makeStream(of: Report.self)
        self.events = events
        self.reports = reports
        running = try Endpoint([])
            .route("GET", "/2018-06-01/runtime/invocation/next") { _ in
                guard let (id, event) = await next(of: waiting) else {
                    return RouteResponse(status: 500)
                }
                return RouteResponse(
                    headers: [
                        ("Lambda-Runtime-Aws-Request-Id", id),
                        ("Lambda-Runtime-Deadline-Ms", "1800000000000"),
                        ("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"),
                    ], body: event)
            }
            .route("POST", "/2018-06-01/runtime/invocation/{id}/{kind}", bodyLimit: 8 << 20) {
                let kind = $0.parameters["kind"] ?? ""
                reporter.yield(
                    Report(
                        kind: kind, id: $0.parameters["id"] ?? "", body: $0.body,
                        headers: $0.headers))
                return RouteResponse(status: 202)
            }
            .route("POST", "/2018-06-01/runtime/init/error") {
                reporter.yield(
                    Report(kind: "init/error", id: "", body: $0.body, headers: $0.headers))
                return RouteResponse(status: 202)
            }
            .logger(SilentLogger())
            .start(host: "127.0.0.1", port: 0, loops: 1)
    }

    var address: String { "127.0.0.1:\(running.port)" }

    func give(_ id: String, _ event: String) { events.yield((id, Array(event.utf8))) }

    /// Returns what was reported next.
    func report() async -> Report? {
        await next(of: reports)
    }

    func stop() async {
        events.finish()
        await running.shutdown(grace: .zero)
    }
}

/// One reader at a time, as AWS has it.
private func next<Element: Sendable>(of stream: AsyncStream<Element>) async -> Element? {
    for await element in stream { return element }
    return nil
}
