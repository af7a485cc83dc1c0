import Restate
import RestateTesting
import Testing

// docs/guide/logging-and-tracing.md

enum LoggingPage {
    struct PaymentDeclined: Error {
        var reason: String
    }

    struct Ticket: VirtualObject {
        func reserve(_ ctx: ObjectContext, buyer: String) async throws -> Bool {
            ctx.log.info("reserving", ["buyer": buyer])
            return try await ctx.run("charge") {
                InvocationLogger.current?.debug("the gateway is asked")
                return true
            }
        }

        func decline(_ ctx: ObjectContext) async throws {
            try await ctx.run("charge") { throw PaymentDeclined(reason: "no money") }
        }

        func pay(_ ctx: ObjectContext) async throws -> String {
            let gateway = TracedGateway()
            let order = Order(id: "7")
            let receipt = try await ctx.run("charge") {
                ActiveSpan.current?.setAttribute("gateway", "test")
                let header = ActiveSpan.current?.context.traceparent
                return try await gateway.charge(order, traceparent: header)
            }
            return receipt
        }

        struct API: HandlerTable {
            let reserve = exclusive(Ticket.reserve)
            let decline = exclusive(Ticket.decline)
            let pay = exclusive(Ticket.pay)
        }
    }

    struct Slow: InvocationHooks {
        func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
            let start = ContinuousClock.now
            defer { if ContinuousClock.now - start > .seconds(1) { attempt.log.warn("slow") } }
            try await next()
        }

        func run(
            _ name: String, _ attempt: AttemptInfo,
            _ next: @escaping @Sendable () async throws -> Void
        ) async throws {
            do {
                try await next()
            } catch let error as PaymentDeclined {
                throw TerminalError("declined: \(error.reason)", code: 402)
            }
        }
    }

    static func hooked() -> Endpoint { Endpoint(Ticket()).hooks(Slow()) }

    static func loggers() async {
        // A level in the code counts before the variable.
        await Endpoint(Counter()).logger(StandardErrorLogger(), level: .debug).serve()
        // Nothing is logged, or even formatted.
        await Endpoint(Counter()).logger(SilentLogger()).serve()
    }

    static func traced() async {
        let tracing = TracingHooks(exporter: OTLPLines(service: "box-office"))
        await Endpoint(Ticket()).hooks(tracing).serve()
    }

    static func measured() async {
        let metrics = EndpointMetrics()
        await Endpoint(Ticket()).metrics(metrics, at: "/metrics").serve()
    }

    struct TracedGateway {
        func charge(_ order: Order, traceparent: String?) async throws -> String {
            "\(order.id) \(traceparent == nil ? "untraced" : "traced")"
        }
    }

    struct Tests {
        @Test func `hooks see every attempt and change errors`() async throws {
            try await withRestate(hooked().logger(SilentLogger())) { restate in
                let ticket = restate.object(Ticket.self, "1")
                let reserved = try await ticket.reserve("ada")
                #expect(reserved)
                let error = await #expect(throws: TerminalError.self) {
                    try await ticket.decline()
                }
                #expect(error?.code == 402)
            }
        }

        @Test func `a step knows its span`() async throws {
            let spans = CollectingSpanExporter()
            let endpoint = Endpoint(Ticket()).hooks(TracingHooks(exporter: spans))
            try await withRestate(endpoint) { restate in
                _ = try await restate.object(Ticket.self, "1").pay()
            }
            #expect(spans.spans.contains { $0.name == "run (charge)" })
        }
    }
}
