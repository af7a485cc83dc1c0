import Patterns
import Restate
import RestateTesting
import Testing

/// Inputs that no retry can help are refused, and change nothing.
struct RefusalTests {
    private func refusal(_ body: () async throws -> Void) async -> UInt16? {
        await #expect(throws: TerminalError.self) { try await body() }?.code
    }

    @Test(arguments: ["", "lunch", "sign_1x"])
    func `a text that is no id of an awakeable neither waits in a queue nor leaves it`(
        text: String
    ) async throws {
        try await withRestate(Endpoint(PriorityQueue())) { restate in
            let queue = restate.object(PriorityQueue.self, "q")
            let id = AwakeableID<Bool>(text)
            let refused = [
                await refusal { try await queue.push(QueueItem(awakeable: id, priority: 1)) },
                await refusal { try await queue.drop(id) },
            ]
            #expect(refused == [400, 400])
            #expect(await restate.state(of: PriorityQueue.self, "q").all().isEmpty)
        }
    }

    @Test func `a text that is no id of an awakeable does not listen to a promise`() async throws {
        try await withRestate(Endpoint(DurablePromises())) { restate in
            let promise = restate.object(DurablePromises.self, "p")
            for isResolved in [false, true] {
                if isResolved { _ = try await promise.resolve("done") }
                let refused = await refusal { _ = try await promise.await(AwakeableID("lunch")) }
                #expect(refused == 400)
            }
        }
    }

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
