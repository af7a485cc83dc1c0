import Primitives
import RestateHTTP
import RestateProtocol
import Support
import Testing

@testable import Restate
@testable import RestateServices

private struct Oops: Error {}

/// One handler for each outcome.
private struct Outcomes: Service {
    static let name = "Out.comes"

    func done(_ ctx: Context) async throws -> Int { 1 }
    func terminal(_ ctx: Context) async throws { throw TerminalError("no") }
    func failed(_ ctx: Context) async throws { throw Oops() }
    func suspended(_ ctx: Context) async throws { try await ctx.sleep(.seconds(3600)) }
    func steps(_ ctx: Context) async throws -> Int {
        _ = try await ctx.run("a") { 1 }
        return try await ctx.run("b") { 2 }
    }

    struct API: HandlerTable {
        let done = handler(Outcomes.done)
        let terminal = handler(Outcomes.terminal)
        let failed = handler(Outcomes.failed)
        let suspended = handler(Outcomes.suspended)
        let steps = handler(Outcomes.steps)
    }
}

@Suite(.timeLimit(.minutes(10)))
struct MetricsTests {
    @Test(arguments: [
        ("done", AttemptReport.Outcome.completed), ("terminal", .terminal), ("failed", .failed),
        ("suspended", .suspended),
    ])
    func `an attempt is counted by what came of it`(
        _ handler: String, _ outcome: AttemptReport.Outcome
    ) async throws {
        let metrics = EndpointMetrics()
        try await attempt(handler, Journal(), metrics) { _ = await $0.rest() }
        let row = try #require(metrics.snapshot["Out.comes", handler])
        #expect(row.attemptsBegun == 1)
        #expect(row.attemptsEnded == [outcome: 1])
        #expect(row.attemptsOpen == 0)
        #expect(row.durations.count == 1)
        #expect(row.durations.sum > .zero)
    }

    @Test func `an attempt that does not follow its journal is a mismatch`() async throws {
        let metrics = EndpointMetrics()
        try await attempt("steps", Journal(sleep(1)), metrics) { _ = await $0.rest() }
        #expect(metrics.snapshot["Out.comes", "steps"]?.attemptsEnded == [.mismatch: 1])
    }

    @Test func `an attempt whose connection goes is lost`() async throws {
        let metrics = EndpointMetrics()
        try await attempt("suspended", Journal(), metrics) { attempt in
            #expect(await attempt.next() == "Sleep 1")
            attempt.stream.reset()
            _ = await attempt.rest()
        }
        let row = try #require(metrics.snapshot["Out.comes", "suspended"])
        #expect(row.attemptsEnded == [.lost: 1])
    }

    @Test func `an attempt that cannot be read is counted, as begun and as failed`() async throws {
        let metrics = EndpointMetrics()
        try await attempt("done", Journal(later: [acknowledged(3)]), metrics) {
            _ = await $0.rest()
        }
        try await onLoop { loop in
            let attempt = try Attempt(
                loop, bytes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], to: "done", of: served(metrics))
            _ = await attempt.rest()
        }
        let row = try #require(metrics.snapshot["Out.comes", "done"])
        #expect(row.attemptsBegun == row.attemptsEnded.values.reduce(0, +))
        #expect(row.attemptsEnded[.failed] ?? 0 >= 1)
    }

    @Test func `entries and steps are counted, replayed or new`() async throws {
        let metrics = EndpointMetrics()
        let journal = Journal(run(1, "a"), ran(1, "1"))
        try await attempt("steps", journal, metrics) { attempt in
            #expect(await attempt.next() == "Run 2 'b'")
            #expect(await attempt.next() == "Propose 2 2")
            attempt.send(ran(2, "2"))
            #expect(await attempt.rest() == ["Output 2", "End"])
        }
        let row = try #require(metrics.snapshot["Out.comes", "steps"])
        #expect(row.entriesReplayed == 2)
        #expect(row.entriesWritten == 2)  // The second step, and the output.
        #expect(row.runs == [.completed: 1])
    }

    // MARK: Prometheus

    @Test func `the route shows what Prometheus reads, for every handler from the start`()
        async throws
    {
        let metrics = EndpointMetrics()
        let endpoint = Endpoint(Outcomes()).metrics(metrics)
        let running = try endpoint.start(host: "127.0.0.1", port: 0, loops: 1)
        let page = try await page(of: running)
        let text = try PrometheusPage(page)
        for name in ["done", "terminal", "failed", "suspended", "steps"] {
            let labels = ["service": "Out.comes", "handler": name]
            #expect(text.value("restate_attempts_begun_total", labels) == 0)
            #expect(
                text.value("restate_attempts_ended_total", labels, ["outcome": "mismatch"]) == 0)
            #expect(
                text.value("restate_attempt_duration_seconds_bucket", labels, ["le": "+Inf"]) == 0)
            #expect(text.value("restate_attempt_duration_seconds_count", labels) == 0)
        }
        #expect(text.value("restate_http_connections_open") == 1)
        #expect(text.value("restate_http_streams_open") == 1)  // The question itself.
        #expect(text.value("restate_http_received_bytes_total") ?? 0 > 30)
        await running.shutdown(grace: .zero)
        #expect(metrics.snapshot.openConnections == 0)
        #expect(metrics.snapshot.bytesSent > page.utf8.count)
    }

    @Test func `the buckets of a histogram add up`() throws {
        var snapshot = MetricsSnapshot()
        var row = MetricsSnapshot.Handler(service: "S", handler: "h")
        for duration in [Duration.milliseconds(1), .milliseconds(2), .seconds(2), .seconds(900)] {
            row.durations.add(duration)
        }
        snapshot.handlers = [row]
        let text = try PrometheusPage(PrometheusText(snapshot).text)
        func count(_ bound: String) -> Double? {
            text.value(
                "restate_attempt_duration_seconds_bucket",
                ["service": "S", "handler": "h", "le": bound])
        }
        #expect(count("0.001") == 1)
        #expect(count("0.0025") == 2)
        #expect(count("1.0") == 2)
        #expect(count("2.5") == 3)
        #expect(count("300.0") == 3)
        #expect(count("+Inf") == 4)
        let sum = text.value(
            "restate_attempt_duration_seconds_sum", ["service": "S", "handler": "h"])
        #expect(sum == 902.003)
    }

    @Test func `a label's value is escaped`() throws {
        var snapshot = MetricsSnapshot()
        snapshot.handlers = [.init(service: "a\"b\\c\nd", handler: "h")]
        let text = try PrometheusPage(PrometheusText(snapshot).text)
        let labels = ["service": "a\"b\\c\nd", "handler": "h"]
        #expect(text.value("restate_attempts_begun_total", labels) == 0)
    }

    // MARK: Helpers

    private func attempt(
        _ handler: String, _ journal: Journal, _ metrics: EndpointMetrics,
        _ body: @escaping @Sendable (Attempt) async throws -> Void
    ) async throws {
        let journal = journal
        try await onLoop { loop in
            let attempt = try Attempt(
                loop, journal.version, bytes: journal.bytes, to: handler, of: served(metrics))
            try await body(attempt)
        }
    }

    private func page(of running: RunningEndpoint) async throws -> String {
        try await onLoop { loop in
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: running.port, limits: .patient)
            defer { connection.close() }
            let stream = connection.open(
                RequestHead(method: "GET", path: "/metrics", authority: "localhost"),
                endStream: true)
            var received: [UInt8] = []
            while true {
                if stream.hasInput { received += stream.takeInput() }
                if stream.inputEnded || stream.isClosed { break }
                await stream.changed()
            }
            let type = stream.responseHeaders["content-type"]
            #expect(type == "text/plain; version=0.0.4; charset=utf-8")
            return String(decoding: received, as: UTF8.self)
        }
    }
}

private func served(_ metrics: EndpointMetrics) -> Endpoint {
    Endpoint(Outcomes()).metrics(metrics).logger(SilentLogger())
}
