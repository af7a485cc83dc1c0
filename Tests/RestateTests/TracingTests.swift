import CanonicalJSON
import Primitives
import Support
import Restate
import RestateHTTP
import RestateProtocol
import Testing

private struct Oops: Error, CustomStringConvertible {
    var description = "oops"
}

@Suite(.timeLimit(.minutes(10)))
struct TracingTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"
    private static let traceparent = "00-\(trace)-\(parent)-01"

    // MARK: The headers

    @Test func `a traceparent is read and written`() throws {
        let context = try #require(
            TraceContext(traceparent: Self.traceparent, tracestate: " rojo=00f, ,a@b=t61 "))
        #expect(context.traceID == Self.trace)
        #expect(context.spanID == Self.parent)
        #expect(context.isSampled)
        #expect(context.traceparent == Self.traceparent)
        #expect(context.state == "rojo=00f,a@b=t61")
        #expect(TraceContext(traceparent: "00-\(Self.trace)-\(Self.parent)-00")?.isSampled == false)
        #expect(TraceContext(traceparent: "01-\(Self.trace)-\(Self.parent)-01-more") != nil)
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-01-more",
        "01-\(trace)-\(parent)-01more", "ff-\(trace)-\(parent)-01",
        "00-\(trace.uppercased())-\(parent)-01", "00-\(trace)-\(parent)-0x",
        "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
        "00_\(trace)-\(parent)-01", "0g-\(trace)-\(parent)-01", " 00-\(trace)-\(parent)-01",
    ])
    func `a traceparent that does not follow its specification is ignored`(_ text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test(arguments: [
        "a", "A=1", "a=1,a=2", "=1", "a=", "a@=1", "a@1b=1", "a@b@c=1", "a=\u{E9}",
        String(repeating: "a=1,", count: 2000),
    ])
    func `a tracestate that does not follow its own is left out`(_ state: String) {
        #expect(TraceContext(traceparent: Self.traceparent, tracestate: state)?.state == "")
    }

    @Test func `two traceparents are none`() async throws {
        let twice = [("traceparent", Self.traceparent), ("traceparent", Self.traceparent)]
        let spans = try await spans(headers: twice) { _ in 1 }
        #expect(spans.map(\.parentSpanID) == [nil])
        #expect(spans.first?.context.traceID != Self.trace)
    }

    // MARK: The spans

    @Test func `an attempt is a child of the server's span, and a step of the attempt's`()
        async throws
    {
        let exporter = CollectingSpanExporter()
        let headers = [("traceparent", Self.traceparent), ("tracestate", "a=1")]
        try await onLoop { loop in
            let attempt = try Attempt(
                loop, Journal(), hooks: [TracingHooks(exporter: exporter)], headers: headers
            ) { ctx in
                ActiveSpan.current?.addEvent("priced", ["price": "12"])
                return try await ctx.run("charge") {
                    ActiveSpan.current?.setAttribute("card", "1234")
                    return 1
                }
            }
            _ = await attempt.next()
            _ = await attempt.next()
            attempt.send(ran(1, "1"))
            _ = await attempt.rest()
        }
        try #require(exporter.spans.count == 2)
        let (step, attempt) = (exporter.spans[0], exporter.spans[1])
        #expect(attempt.name == "attempt Probe/key/run")
        #expect(attempt.kind == .server)
        #expect(attempt.parentSpanID == Self.parent)
        #expect(attempt.context.traceID == Self.trace)
        #expect(attempt.context.state == "a=1")
        #expect(attempt.status == .unset)
        #expect(
            attempt.attributes.map { "\($0.name)=\($0.value)" } == [
                "restate.invocation.id=inv_1", "restate.invocation.target=Probe/key/run",
            ])
        #expect(attempt.events.map(\.name) == ["priced"])
        #expect(step.name == "run (charge)")
        #expect(step.kind == .internal)
        #expect(step.parentSpanID == attempt.context.spanID)
        #expect(step.context.traceID == Self.trace)
        #expect(
            step.attributes.map { "\($0.name)=\($0.value)" }.suffix(2) == [
                "restate.run.name=charge", "card=1234",
            ])
        #expect(attempt.start <= step.start && step.start <= step.end)
    }

    @Test func `a suspension is no error, a failure is one, and so is a terminal error`()
        async throws
    {
        let suspended = try await spans { ctx in
            try await ctx.sleep(.seconds(1))
            return 1
        }
        #expect(suspended.map(\.status) == [.unset])
        let failed = try await spans { (ctx) async throws -> Int in throw Oops() }
        #expect(failed.map(\.status) == [.error("oops")])
        let ended = try await spans { (ctx) async throws -> Int in throw TerminalError("sold") }
        #expect(ended.map(\.status) == [.error("sold")])
        let mismatched = try await spans(Journal(sleep(1))) { ctx in
            try await ctx.run("a") { 1 }
        }
        guard case .error(let text) = mismatched.first?.status else {
            Issue.record("no error")
            return
        }
        #expect(text.hasPrefix("Journal mismatch"))
    }

    @Test func `events are silent on a replay`() async throws {
        let spans = try await spans(Journal(run(1, "a"), ran(1, "1"))) { ctx in
            ActiveSpan.current?.addEvent("old")
            _ = try await ctx.run("a") { 1 }
            ActiveSpan.current?.addEvent("new")
            return 1
        }
        #expect(spans.map { $0.events.map(\.name) } == [["new"]])
    }

    @Test func `what is not sampled is not exported, and handed on`() async throws {
        let headers = [("traceparent", "00-\(Self.trace)-\(Self.parent)-00")]
        let spans = try await spans(headers: headers) { ctx in
            #expect(ActiveSpan.current?.context.traceID == Self.trace)
            #expect(ActiveSpan.current?.context.isSampled == false)
            return 1
        }
        #expect(spans.isEmpty)
    }

    @Test func `a span as a line of OTLP has the ids, the times and the status`() async throws {
        let lines = Locked<[String]>([])
        let exporter = OTLPLines(service: "shop") { line in lines.withLock { $0.append(line) } }
        _ = try await failing(exporter)
        let line = try #require(lines.withLock { $0.first })
        let traces = try JSON.decode(Traces.self, from: Array(line.utf8)[...])
        let resource = try #require(traces.resourceSpans.first)
        #expect(resource.resource.attributes.map(\.value.stringValue) == ["shop"])
        let span = try #require(resource.scopeSpans.first?.spans.first)
        #expect(span.traceId == Self.trace)
        #expect(span.parentSpanId == Self.parent)
        #expect(span.spanId.utf8.count == 16)
        #expect(span.kind == 2)
        #expect(span.status?.code == 2)
        #expect(span.status?.message == "oops")
        let (start, end) = (UInt64(span.startTimeUnixNano), UInt64(span.endTimeUnixNano))
        #expect(try #require(start) <= #require(end))
        #expect(try #require(start) > 1_700_000_000_000_000_000)
    }

    private func failing(_ exporter: OTLPLines) async throws -> [String] {
        try await lines(
            hooks: [TracingHooks(exporter: exporter)],
            headers: [("traceparent", Self.traceparent)]
        ) { (ctx) async throws -> Int in throw Oops() }
    }

    private struct Traces: Decodable {
        struct ResourceSpans: Decodable {
            let resource: Resource
            let scopeSpans: [ScopeSpans]
        }
        struct Resource: Decodable { let attributes: [Attribute] }
        struct Attribute: Decodable {
            struct Value: Decodable { let stringValue: String }
            let value: Value
        }
        struct ScopeSpans: Decodable { let spans: [Span] }
        struct Span: Decodable {
            struct Status: Decodable {
                let code: Int
                let message: String
            }
            let traceId, spanId: String
            let parentSpanId: String?
            let kind: Int
            let startTimeUnixNano, endTimeUnixNano: String
            let status: Status?
        }
        let resourceSpans: [ResourceSpans]
    }

    private func spans<Output: Codable & Sendable>(
        _ journal: Journal = Journal(), headers: [(name: String, value: String)] = [],
        _ body: @escaping @Sendable (WorkflowContext) async throws -> Output
    ) async throws -> [SpanData] {
        let exporter = CollectingSpanExporter()
        _ = try await lines(
            journal, hooks: [TracingHooks(exporter: exporter)], headers: headers, body)
        return exporter.spans
    }
}
