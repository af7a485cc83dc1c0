import Restate
import RestateTesting
import Testing

// docs/guide/temporal.md

enum Temporal {
    struct Purchase: Workflow {
        static let approval = PromiseKey<Bool>("approval")
        static let step = StateKey<String>("step", default: "new")
        let gateway: Gateway

        func run(_ ctx: WorkflowContext, order: Order) async throws -> String {
            ctx.set(Self.step, "waits for an approval")
            let approval = ctx.promise(Self.approval).orTimeout(.seconds(3 * 86_400))
            guard try await approval.value else { throw TerminalError("Refused", code: 403) }
            let gateway = gateway
            let receipt = try await ctx.run("charge", retry: RunRetryPolicy(maxAttempts: 5)) {
                try await gateway.charge(order)  // an activity
            }
            ctx.set(Self.step, "paid")
            return receipt
        }

        func approve(_ ctx: SharedWorkflowContext, isYes: Bool) async throws {
            try await ctx.resolve(Self.approval, with: isYes)  // a signal
        }

        func status(_ ctx: SharedWorkflowContext) async throws -> String {
            try await ctx.get(Self.step)  // a query
        }

        struct API: HandlerTable {
            let run = workflow(Purchase.run)
            let approve = shared(Purchase.approve)
            let status = shared(Purchase.status)
        }
    }

    struct Subscription: VirtualObject {
        static let months = StateKey<Int>("months", default: 0)
        static let isOver = StateKey<Bool>("isOver", default: false)
        let gateway: Gateway

        func pay(_ ctx: ObjectContext, order: Order) async throws {
            if try await ctx.get(Self.isOver) { return }
            let gateway = gateway
            try await ctx.run("charge") { try await gateway.charge(order) }
            ctx.set(Self.months, try await ctx.get(Self.months) + 1)
            // The next month is another invocation, with a journal of its own.
            ctx.object(Subscription.self, ctx.key).pay.send(order, after: .seconds(30 * 86_400))
        }

        func end(_ ctx: ObjectContext) async throws { ctx.set(Self.isOver, true) }

        struct API: HandlerTable {
            let pay = exclusive(Subscription.pay)
            let end = exclusive(Subscription.end)
        }
    }
}

struct TemporalPage {
    @Test func `a purchase waits for its approval, and tells where it is`() async throws {
        let gateway = Gateway(busyTimes: 2)
        try await withRestate(Endpoint(Temporal.Purchase(gateway: gateway))) { restate in
            let purchase = restate.workflow(Temporal.Purchase.self, "7")
            let run = try await purchase.run.send(Order(id: "7"))
            try await restate.settle()
            try await #expect(purchase.status() == "waits for an approval")
            try await purchase.approve(true)
            try await #expect(run.attach() == "receipt 7")
            try await #expect(purchase.status() == "paid")
        }
    }

    @Test func `a purchase that nobody approves is over after three days`() async throws {
        try await withRestate(Endpoint(Temporal.Purchase(gateway: Gateway()))) { restate in
            let error = await #expect(throws: TerminalError.self) {
                try await restate.workflow(Temporal.Purchase.self, "7").run(Order(id: "7"))
            }
            #expect(error?.code == 408)
        }
    }

    @Test func `a subscription pays each month until it ends`() async throws {
        let gateway = Gateway()
        try await withRestate(Endpoint(Temporal.Subscription(gateway: gateway))) { restate in
            let subscription = restate.object(Temporal.Subscription.self, "ada")
            try await subscription.pay(Order(id: "ada"))
            try await restate.clock.advance(by: .seconds(65 * 86_400))
            let state = restate.state(of: Temporal.Subscription.self, "ada")
            try await #expect(state.get(Temporal.Subscription.months) == 3)
            try await subscription.end()
            try await restate.clock.advance(by: .seconds(65 * 86_400))
            try await #expect(state.get(Temporal.Subscription.months) == 3)
        }
    }
}
