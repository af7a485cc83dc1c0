import Restate
import RestateTesting
import Testing

struct StepTests {
    let endpoint = Endpoint(Shop(charge: { _ in throw Broken() }), Counter())

    @Test func `a step that is replaced gives what the test says, and is counted`() async throws {
        try await withRestate(endpoint) { restate in
            restate.replace("charge") { "a test's receipt" }
            try await #expect(restate.service(Shop.self).buy(5) == "a test's receipt")
            #expect(restate.executions(of: "charge") == 1)
            #expect(restate.executions(of: "refund") == 0)
        }
    }

    @Test func `a step that a test lets fail is tried again, and its closure not executed`()
        async throws
    {
        try await withRestate(Endpoint(Shop(), Counter())) { restate in
            restate.fail("charge", times: 2)
            try await #expect(restate.service(Shop.self).buy(5) == "receipt-5")
            #expect(restate.executions(of: "charge") == 3)
        }
    }

    @Test func `a step's own policy counts the failures that a test asks for`() async throws {
        try await withRestate(Endpoint(Shop(), Counter())) { restate in
            restate.fail("charge", times: 2)
            try await #expect(restate.service(Shop.self).retry() == "receipt-1")
            restate.fail("charge", times: 3, with: Broken())
            let error = try await #require(throws: TerminalError.self) {
                _ = try await restate.service(Shop.self).retry()
            }
            #expect(error.message == "broken")
        }
    }

    @Test func `a terminal error that a test lets a step fail with ends the step`() async throws {
        try await withRestate(Endpoint(Shop(), Counter())) { restate in
            restate.fail("charge", with: TerminalError("Declined", code: 402))
            await #expect(throws: TerminalError("Declined", code: 402)) {
                _ = try await restate.service(Shop.self).buy(5)
            }
            #expect(restate.executions(of: "charge") == 1)
        }
    }

    @Test func `a step whose closure fails fails the test`() async throws {
        try await withRestate(endpoint) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                _ = try await restate.service(Shop.self).buy(5)
            }
            #expect(error.message == "broken")
            #expect(error.place.contains(#"run "charge""#))
        }
    }
}

@Suite(.restate(Endpoint(Counter())))
struct TraitTests {
    @Test func `a test with the trait has an environment`() async throws {
        let restate = try TestEnvironment.current
        try await #expect(restate.object(Counter.self, "k").add(1) == 1)
    }

    @Test(arguments: [1, 2, 3])
    func `each case of a test has its own`(amount: Int) async throws {
        let restate = try TestEnvironment.current
        try await #expect(restate.object(Counter.self, "k").add(amount) == amount)
    }
}

struct NoTraitTests {
    @Test func `without the trait there is none`() {
        #expect(throws: TestMistake.self) {
            _ = try TestEnvironment.current
        }
    }
}
