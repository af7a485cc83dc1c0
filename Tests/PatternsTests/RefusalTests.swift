import Patterns
import Restate
import RestateTesting
import Testing

/// Inputs that no retry can help are refused, and change nothing.
struct RefusalTests {
    @Test func `a deposit that an account cannot hold is refused`() async throws {
        try await withRestate(Endpoint(Accounts())) { restate in
            let balance = StateKey<Int>("balance", default: 0)
            try await restate.state(of: Accounts.self, "a").set(balance, Int.max - 1)
            let error = await #expect(throws: TerminalError.self) {
                try await restate.object(Accounts.self, "a").deposit(5)
            }
            #expect(error?.code == 400)
            #expect(try await restate.state(of: Accounts.self, "a").get(balance) == Int.max - 1)
        }
    }

    @Test func `an event with an empty id is refused`() async throws {
        try await withRestate(Endpoint(WebhookCallbackRouter())) { restate in
            let event = StripeEvent(
                id: "", "invoice.payment_failed", invoice: "i1", customer: "c1")
            let error = await #expect(throws: TerminalError.self) {
                try await restate.service(WebhookCallbackRouter.self).onStripeEvent(event)
            }
            #expect(error?.code == 400)
        }
    }
}
