import Restate
import RestateLocal
import Testing

/// Traces that go through a local runtime as through a server that traces.
@Suite(.timeLimit(.minutes(10))) struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"

    @Test(arguments: [true, false])
    func `a call's trace is that of its attempts, of their steps and of what they call`(
        _ isLinked: Bool
    ) async throws {
        let spans = try await spans(
            of: [("traceparent", "00-\(Self.trace)-\(Self.parent)-01"), ("tracestate", "a=1")],
            isLinked: isLinked)
        #expect(spans.allSatisfy { $0.context.traceID == Self.trace })
        #expect(spans.allSatisfy { $0.context.state == "a=1" })
        let outer = spans.filter { $0.name == "attempt Outer/call" }
        let inner = spans.filter { $0.name == "attempt Inner/step" }
        #expect(!outer.isEmpty && !inner.isEmpty)
        // The server has a span of its own between the client's and the attempt's.
        for span in outer + inner {
            let parent = try #require(span.parentSpanID)
            #expect(parent != Self.parent)
            #expect(!spans.map(\.context.spanID).contains(parent))
        }
        let parents = (outer + inner).compactMap(\.parentSpanID)
        #expect(Set(parents).count == parents.count)
        let step = try #require(spans.first { $0.name == "run (work)" })
        #expect(inner.map(\.context.spanID).contains(step.parentSpanID))
    }

    @Test func `a trace that is not sampled is not exported`() async throws {
        let headers = [("traceparent", "00-\(Self.trace)-\(Self.parent)-00")]
        #expect(try await spans(of: headers, isLinked: true).isEmpty)
    }

    @Test(arguments: [nil, "00-\(trace)-\(parent)", "nonsense"])
    func `without a valid trace each attempt begins one`(_ header: String?) async throws {
        let headers = header.map { [("traceparent", $0)] } ?? []
        let spans = try await spans(of: headers, isLinked: true)
        let attempts = spans.filter { $0.name.hasPrefix("attempt ") }
        #expect(attempts.allSatisfy { $0.parentSpanID == nil })
        #expect(Set(attempts.map(\.context.traceID)).count == attempts.count)
    }

    /// All spans of a call of `Outer`, which calls `Inner`, which has a step.
    private func spans(
        of headers: [(String, String)], isLinked: Bool
    ) async throws -> [SpanData] {
        let exporter = CollectingSpanExporter()
        let endpoint = Endpoint(Outer(), Inner()).hooks(TracingHooks(exporter: exporter)).quiet
        try await withLocalServer([], registered: false) { server, _ in
            let running =
                isLinked ? nil : try endpoint.start(host: "127.0.0.1", port: 0, loops: 1)
            if let running {
                try await server.register("http://127.0.0.1:\(running.port)")
            } else {
                try await server.register(endpoint, name: "here")
            }
            let answer = try await ask(
                port: server.ingressPort, "POST", "/Outer/call", headers: headers)
            #expect(answer.text == "3")
            await running?.shutdown(grace: .zero)
        }
        return exporter.spans
    }
}

private struct Outer: Service {
    func call(_ ctx: Context) async throws -> Int {
        try await ctx.service(Inner.self).step()
    }

    struct API: HandlerTable { let call = handler(Outer.call) }
}

private struct Inner: Service {
    func step(_ ctx: Context) async throws -> Int { try await ctx.run("work") { 3 } }

    struct API: HandlerTable { let step = handler(Inner.step) }
}
