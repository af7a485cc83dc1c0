import Support
import Restate
import RestateProtocol
import Testing

/// One way to wait.
struct Waiting: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var wait: @Sendable (WorkflowContext) async throws -> Void

    static let all = [
        Waiting("a sleep") { try await $0.sleep(.seconds(600)) },
        Waiting("a timer") { try await $0.timer(.seconds(600)).value },
        Waiting("a call") { _ = try await $0.service(Echo.self).echo("x") },
        Waiting("a started call") { _ = try await $0.service(Echo.self).echo.start("x").value },
        Waiting("a callee's id") {
            _ = try await $0.service(Echo.self).echo.send("x").invocationID
        },
        Waiting("an awakeable") { _ = try await $0.awakeable(Int.self).value },
        Waiting("a signal") { _ = try await $0.signal("go", as: Int.self).value },
        Waiting("a promise") { _ = try await $0.promise(PromiseKey<Int>("p")).value },
        Waiting("a peek") { _ = try await $0.peek(PromiseKey<Int>("p")) },
        Waiting("a promise's completion") {
            try await $0.resolve(PromiseKey<Int>("p"), with: 1)
        },
        Waiting("a lazy read") { _ = try await $0.get(StateKey<Int>("lazy", default: 0)) },
        Waiting("lazy keys") { _ = try await $0.stateKeys() },
        Waiting("an attached invocation") {
            _ = try await $0.attach(to: InvocationID<Int>("inv_9")).value
        },
        Waiting("all of several") {
            _ = try await $0.all($0.timer(.seconds(600)), $0.awakeable(Int.self)).value
        },
        Waiting("the first of several") {
            try await $0.first(of: $0.timer(.seconds(600)), $0.timer(.seconds(700))).value
        },
        Waiting("the first success") {
            try await $0.firstSuccess(of: $0.timer(.seconds(600)), $0.timer(.seconds(700))).value
        },
        Waiting("settled") { _ = try await $0.settled($0.timer(.seconds(600))).value },
        Waiting("a mapped future") { try await $0.timer(.seconds(600)).map {}.value },
        Waiting("a time-out") {
            _ = try await $0.awakeable(Int.self).orTimeout(.seconds(600)).value
        },
        Waiting("select") {
            try await $0.select(.when($0.timer(.seconds(600))) {})
        },
    ]

    init(
        _ name: String, wait: @escaping @Sendable (WorkflowContext) async throws -> Void
    ) {
        testDescription = name
        self.wait = wait
    }
}

@Suite(.timeLimit(.minutes(10)))
struct CancellationTests {
    @Test(arguments: Waiting.all)
    func `a cancellation is thrown where the handler waits`(_ kind: Waiting) async throws {
        let lines = try await onLoop { loop in
            var journal = Journal()
            journal.start.partialState = true
            let attempt = try Attempt(loop, journal) { ctx in
                do {
                    try await kind.wait(ctx)
                    return "came"
                } catch let error as TerminalError {
                    return "\(error.code) \(error.message) \(error.isCancellation)"
                }
            }
            await settle()
            attempt.send(cancel())
            await settle()
            // Callees are told; for that their ids are needed.
            attempt.send(invocationID(1, "inv_child"))
            return await attempt.rest()
        }
        #expect(lines.suffix(2) == [#"Output "409 Cancelled true""#, "End"])
    }

    @Test func `a cancellation does not wait for the closure of a run, and ends it`() async throws {
        let reached = Reached()
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { ctx in
                try await ctx.run("long") {
                    await withTaskCancellationHandler {
                        reached.note("started")
                        await reached.wait(for: "cancelled")
                    } onCancel: {
                        reached.note("cancelled")
                    }
                    return 1
                }
            }
            await reached.wait(for: "started")
            attempt.send(cancel())
            await reached.wait(for: "cancelled")
            #expect(
                await attempt.rest() == ["Run 1 'long'", "Output failure 409 Cancelled", "End"])
        }
    }

    @Test func `an uncaught cancellation is the result of the invocation`() async throws {
        let lines = try await lines(Journal(later: [cancel()])) { ctx in
            try await ctx.sleep(.seconds(1))
            return 1
        }
        #expect(lines == ["Sleep 1", "Output failure 409 Cancelled", "End"])
    }

    @Test func `callees are cancelled too`() async throws {
        let journal = Journal(later: [invocationID(1, "inv_child"), cancel()])
        let lines = try await lines(journal) { ctx in
            try await ctx.service(Echo.self).echo("x")
        }
        #expect(
            lines == [
                #"Call 2 Echo/echo "x""#, "Signal inv_child cancel",
                "Output failure 409 Cancelled", "End",
            ])
    }

    @Test func `one-way callees are not cancelled`() async throws {
        let journal = Journal(later: [invocationID(1, "inv_child"), cancel()])
        let lines = try await lines(journal) { ctx in
            ctx.service(Echo.self).echo.send("x")
            try await ctx.sleep(.seconds(1))
            return 1
        }
        #expect(
            lines == [
                #"Send 1 Echo/echo "x""#, "Sleep 2", "Output failure 409 Cancelled", "End",
            ])
    }

    @Test func `a saga undoes after a cancellation, and may wait for that`() async throws {
        let journal = Journal(sleep(1), cancel(), run(2, "undo"), ran(2, "7"), sleep(3), slept(3))
        let lines = try await lines(journal) { ctx in
            do {
                try await ctx.sleep(.seconds(1))
                return 1
            } catch let error as TerminalError where error.isCancellation {
                let undone = try await ctx.run("undo") { 0 }
                try await ctx.sleep(.seconds(1))
                return undone
            }
        }
        #expect(lines == ["Output 7", "End"])
    }

    @Test func `a result that came before the cancellation is used first`() async throws {
        let journal = Journal(sleep(1), slept(1), cancel(), sleep(2))
        let lines = try await lines(journal) { ctx in
            try await ctx.sleep(.seconds(1))
            do {
                try await ctx.sleep(.seconds(1))
                return "came"
            } catch {
                return "cancelled"
            }
        }
        #expect(lines == [#"Output "cancelled""#, "End"])
    }

    @Test func `a terminal 409 of somebody else is no cancellation`() async throws {
        let journal = Journal(
            sleep(1), failed(.sleepCompletion, 1, 409, "Cancelled"))
        let lines = try await lines(journal) { ctx in
            do {
                try await ctx.sleep(.seconds(1))
                return true
            } catch let error as TerminalError {
                return error.isCancellation
            }
        }
        #expect(lines == ["Output false", "End"])
    }
}

/// Somebody to call.
struct Echo: Service {
    func echo(_ ctx: Context, text: String) async throws -> String {
        text
    }

    func maybe(_ ctx: Context, text: String?) async throws -> String {
        text ?? "nothing"
    }

    func same(_ ctx: Context, text: String?) async throws -> String? {
        text
    }

    func ping(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let echo = handler(Echo.echo)
        let maybe = handler(Echo.maybe)
        let same = handler(Echo.same)
        let ping = handler(Echo.ping)
    }
}
