import Foundation
import Restate
import RestateTesting
import Synchronization
import Testing

struct EnvironmentTests {
    @Test func `a call gives the handler's result, and its state is there under its key`()
        async throws
    {
        try await withRestate(Endpoint(Counter())) { restate in
            let counter = restate.object(Counter.self, "k")
            try await #expect(counter.add(2) == 2)
            try await #expect(counter.add(3) == 5)
            try await #expect(restate.state(of: Counter.self, "k").get(Counter.count) == 5)
            try await #expect(restate.state(of: Counter.self, "other").get(Counter.count) == 0)
        }
    }

    @Test func `state that a test sets is what the handler reads`() async throws {
        try await withRestate(Endpoint(Counter())) { restate in
            let state = restate.state(of: Counter.self, "k")
            try await state.set(Counter.count, 40)
            try await state.set(Counter.note, "from the test")
            try await #expect(restate.object(Counter.self, "k").add(2) == 42)
            try await #expect(restate.object(Counter.self, "k").explain() == "from the test")
            #expect(await state.all() == ["count": "42", "note": #""from the test""#])
            try await state.set(Counter.note, nil)
            #expect(await state.all() == ["count": "42"])
            await state.clear(Counter.count)
            try await #expect(restate.object(Counter.self, "k").get() == 0)
            await state.clearAll()
            #expect(await state.all() == [:])
        }
    }

    @Test func `a terminal error comes with its code and metadata`() async throws {
        try await withRestate(Endpoint(Shop())) { restate in
            let error = try await #require(throws: TerminalError.self) {
                try await restate.service(Shop.self).refuse()
            }
            #expect(
                error == TerminalError("Sold out", code: 409, metadata: ["seat": "7"]))
        }
    }

    @Test func `an ordinary error ends the test at once, although the handler asks for retries`()
        async throws
    {
        try await withRestate(Endpoint(Shop())) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                try await restate.service(Shop.self).fail()
            }
            #expect(error.target == "Shop/fail")
            #expect(error.message == "broken")
            #expect(error.code == 500)
        }
    }

    @Test func `whoever waits is told of what a callee failed with`() async throws {
        try await withRestate(Endpoint(Shop())) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                try await restate.service(Shop.self).callFailing()
            }
            #expect(error.target == "Shop/fail")
        }
    }

    @Test func `what fails in the background fails the next wait`() async throws {
        try await withRestate(Endpoint(Shop())) { restate in
            try await restate.service(Shop.self).sendFailing.send()
            await #expect(throws: HandlerFailed.self) { try await restate.settle() }
        }
    }

    @Test func `what fails unseen fails the test at its end`() async throws {
        await #expect(throws: HandlerFailed.self) {
            try await withRestate(Endpoint(Shop())) { restate in
                try await restate.service(Shop.self).fail.send()
                // Shutting down comes behind what has begun by then.
                _ = await restate.state(of: Counter.self, "k").all()
            }
        }
    }

    @Test func `with retries as the handler declares them it is tried so often`() async throws {
        let settings = TestSettings { $0.retries = .asDeclared }
        let start = settings.start
        try await withRestate(Endpoint(Shop()), settings) { restate in
            let error = try await #require(throws: HandlerFailed.self) {
                try await restate.service(Shop.self).fail()
            }
            #expect(error.message == "broken")
            // Two retries lie between three attempts.
            #expect(restate.clock.now.timeIntervalSince(start) >= 1)
        }
    }

    @Test func `a call can have headers, and an idempotency key makes two of them one`()
        async throws
    {
        try await withRestate(Endpoint(Shop(), Counter())) { restate in
            let header = restate.service(Shop.self).header.header("x-test", "yes")
            try await #expect(header() == "yes")
            let add = restate.object(Counter.self, "k").add.idempotencyKey("once")
            try await #expect(add(1) == 1)
            try await #expect(add(1) == 1)
            try await #expect(add.output() == 1)
            try await #expect(add.attach() == 1)
        }
    }

    @Test func `a call by names takes and gives bytes`() async throws {
        try await withRestate(Endpoint(Counter())) { restate in
            let add = restate.call(service: "Counter", key: "k", handler: "add")
            try await #expect(add(Array("7".utf8)) == Array("7".utf8))
        }
    }

    @Test func `a service that the endpoint does not have is a mistake of the test`() async throws {
        try await withRestate(Endpoint(Counter())) { restate in
            let error = try await #require(throws: TestMistake.self) {
                try await restate.service(Shop.self).both()
            }
            #expect("\(error)" == "The endpoint of this test has no service 'Shop'.")
        }
    }

    @Test func `a workflow's promise is completed by the test, and read`() async throws {
        try await withRestate(Endpoint(Signup())) { restate in
            let signup = restate.workflow(Signup.self, "ada")
            let run = try await signup.run.send("Ada")
            try await restate.settle()
            let promise = restate.promise(of: Signup.self, "ada", Signup.confirmed)
            try await #expect(promise.peek() == nil)
            try await #expect(run.output() == nil)
            try await #expect(restate.state(of: Signup.self, "ada").get(Signup.name) == "Ada")
            try await promise.resolve(with: "the test")
            try await #expect(signup.run.attach() == "Ada confirmed by the test")
            try await #expect(promise.peek() == "the test")
            await #expect(throws: TerminalError.self) { try await promise.resolve(with: "again") }
        }
    }

    @Test func `an awakeable is completed by the test`() async throws {
        let ids = Ids()
        try await withRestate(Endpoint(Shop(asked: { ids.add($0) }))) { restate in
            let approval = try await restate.service(Shop.self).approve.send()
            try await restate.settle()
            try await restate.resolve(try #require(ids.last), with: true)
            try await #expect(approval.attach())
        }
    }

    @Test func `an invocation that a test cancels ends where it waits`() async throws {
        try await withRestate(Endpoint(Shop())) { restate in
            let waiting = try await restate.service(Shop.self).wait.send()
            try await restate.settle()
            await waiting.cancel()
            let error = try await #require(throws: TerminalError.self) {
                _ = try await waiting.attach()
            }
            #expect(error.code == 409)
        }
    }

    @Test func `a test that waits for what never comes is told what has not ended`() async throws {
        let settings = TestSettings { $0.patience = .milliseconds(10) }
        try await withRestate(Endpoint(Shop()), settings) { restate in
            let error = try await #require(throws: TestStuck.self) {
                _ = try await restate.service(Shop.self).wait()
            }
            #expect(error.target == "Shop/wait")
            #expect(error.waiting == ["Shop/wait is suspended, after Command: Input"])
        }
    }

    @Test func `a test whose task is cancelled waits no longer`() async throws {
        try await withRestate(Endpoint(Shop())) { restate in
            let waiting = Task { try await restate.service(Shop.self).wait() }
            try await restate.settle()
            waiting.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        }
    }
}

/// The ids that a handler gave away.
final class Ids: Sendable {
    private let ids = Mutex<[AwakeableID<Bool>]>([])
    var last: AwakeableID<Bool>? { ids.withLock { $0.last } }
    func add(_ id: AwakeableID<Bool>) { ids.withLock { $0.append(id) } }
}
