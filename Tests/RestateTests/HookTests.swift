import Primitives
import Support
import Restate
import RestateHTTP
import RestateProtocol
import Testing

/// Notes where it is called, in order.
struct NotingHooks: InvocationHooks {
    let name: String
    let reached: Reached

    init(_ name: String, _ reached: Reached) {
        self.name = name
        self.reached = reached
    }

    func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
        reached.note("\(name) begins")
        do {
            try await next()
            reached.note("\(name) ends")
        } catch {
            reached.note("\(name) sees \(error)")
            throw error
        }
    }

    func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws {
        reached.note("\(self.name) runs \(name)")
        try await next()
        reached.note("\(self.name) ran \(name)")
    }

    func ended(_ attempt: AttemptInfo, _ report: AttemptReport) {
        reached.note("\(name): \(report.outcome.rawValue)")
    }
}

/// Hooks with bodies that the test gives them.
struct ProbeHooks: InvocationHooks {
    var around: @Sendable (AttemptInfo, () async throws -> Void) async throws -> Void = {
        try await $1()
    }
    var step: @Sendable (String, @escaping @Sendable () async throws -> Void) async throws -> Void =
        {
            try await $1()
        }

    func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
        try await around(attempt, next)
    }

    func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await step(name, next)
    }
}

private struct Oops: Error, CustomStringConvertible {
    var description = "oops"
}

private enum Locals {
    @TaskLocal static var color = "none"
}

@Suite(.timeLimit(.minutes(10)))
struct HookTests {
    private struct Hooked: Workflow {
        static let reached = Reached()
        static let options = ServiceOptions().hooks(NotingHooks("service", reached))

        func run(_ ctx: WorkflowContext) async throws -> String { "done" }

        struct API: HandlerTable {
            let run = workflow(Hooked.run)
                .hooks(NotingHooks("handler", reached), NotingHooks("inner", reached))
        }
    }

    @Test func `hooks of the endpoint are around those of the service and of the handler`()
        async throws
    {
        let endpoint = Endpoint(Hooked())
            .hooks(NotingHooks("first", Hooked.reached))
            .hooks(NotingHooks("second", Hooked.reached))
        let lines = try await lines(of: endpoint)
        #expect(lines == ["Output \"done\"", "End"])
        #expect(
            Hooked.reached.places == [
                "first begins", "second begins", "service begins", "handler begins",
                "inner begins", "inner ends", "handler ends", "service ends", "second ends",
                "first ends", "first: completed", "second: completed", "service: completed",
                "handler: completed", "inner: completed",
            ])
    }

    @Test func `a step calls the hooks when it runs, and not when it is replayed`() async throws {
        let reached = Reached()
        let hooks = [NotingHooks("outer", reached), NotingHooks("inner", reached)]
        let first = try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), hooks: hooks) { ctx in
                try await ctx.run("a") { 1 }
            }
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(await attempt.next() == "Propose 1 1")
            return await attempt.rest()
        }
        #expect(first == ["Suspension [1, cancel]"])
        #expect(
            reached.places == [
                "outer begins", "inner begins", "outer runs a", "inner runs a", "inner ran a",
                "outer ran a", "inner sees \(suspended)", "outer sees \(suspended)",
                "outer: suspended", "inner: suspended",
            ])
        let again = Reached()
        let second = try await lines(
            Journal(run(1, "a"), ran(1, "1")), hooks: [NotingHooks("hook", again)]
        ) { ctx in try await ctx.run("a") { 1 } }
        #expect(second == ["Output 1", "End"])
        #expect(again.places == ["hook begins", "hook ends", "hook: completed"])
    }

    private let suspended = "The invocation is suspended: it goes on in another attempt"

    @Test func `a hook changes an error of the handler`() async throws {
        let hooks = ProbeHooks(around: { _, next in
            do {
                try await next()
            } catch is Oops {
                throw TerminalError("Sorry", code: 418)
            }
        })
        let lines = try await lines(hooks: [hooks]) { (ctx) async throws -> Int in throw Oops() }
        #expect(lines == ["Output failure 418 Sorry", "End"])
    }

    @Test func `a hook changes an error of a step`() async throws {
        let hooks = ProbeHooks(step: { _, next in
            do {
                try await next()
            } catch is Oops {
                throw TerminalError("Sorry", code: 418)
            }
        })
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), hooks: [hooks]) { ctx in
                try await ctx.run("a") { () async throws -> Int in throw Oops() }
            }
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(await attempt.next() == "Propose 1 failure 418 Sorry")
            _ = await attempt.rest()
        }
    }

    @Test func `what a hook throws before the handler is the attempt's error`() async throws {
        let hooks = ProbeHooks(around: { _, _ in throw TerminalError("No entry", code: 403) })
        let lines = try await lines(hooks: [hooks]) { ctx in 1 }
        #expect(lines == ["Output failure 403 No entry", "End"])
    }

    @Test func `a hook that swallows an error does not make it a result`() async throws {
        let hooks = ProbeHooks(
            around: { _, next in try? await next() }, step: { _, next in try? await next() })
        let failed = try await lines(hooks: [hooks]) { (ctx) async throws -> Int in throw Oops() }
        #expect(failed == ["Error 500 oops"])
        let suspended = try await lines(hooks: [hooks]) { ctx in
            try await ctx.sleep(.seconds(1))
            return 1
        }
        #expect(suspended == ["Sleep 1", "Suspension [1, cancel]"])
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), hooks: [hooks]) { ctx in
                try await ctx.run("a") { () async throws -> Int in throw Oops() }
            }
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(await attempt.next() == "Error 500 oops")
            _ = await attempt.rest()
        }
    }

    @Test func `a hook that calls next twice, or never, fails the attempt`() async throws {
        let rule = "It must call 'next' exactly once, or throw without calling it."
        let twice = ProbeHooks(around: { _, next in
            try await next()
            try? await next()
        })
        #expect(
            try await lines(hooks: [twice]) { ctx in 1 } == [
                "Error 500 The hook ProbeHooks.attempt called 'next' twice. \(rule)"
            ])
        let never = ProbeHooks(around: { _, _ in })
        #expect(
            try await lines(hooks: [never]) { ctx in 1 } == [
                "Error 500 The hook ProbeHooks.attempt returned without calling 'next'. \(rule)"
            ])
        let step = ProbeHooks(step: { _, _ in })
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), hooks: [step]) { ctx in
                try await ctx.run("a") { 1 }
            }
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(
                await attempt.next()
                    == "Error 500 The hook ProbeHooks.run returned without calling 'next'. \(rule)")
            _ = await attempt.rest()
        }
    }

    @Test func `a step's hook that does not wait for next fails the step`() async throws {
        let reached = Reached()
        let step = ProbeHooks(step: { _, next in
            Task {
                try await next()
            }
            await reached.wait(for: "the closure")
        })
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), hooks: [step]) { ctx in
                try await ctx.run("a") { () async throws -> Int in
                    reached.note("the closure")
                    await reached.wait(for: "the end")
                    return 1
                }
            }
            #expect(await attempt.next() == "Run 1 'a'")
            let line = await attempt.next() ?? ""
            #expect(line.contains("ended before 'next' had"))
            reached.note("the end")
            _ = await attempt.rest()
        }
    }

    @Test func `a task-local of a hook is seen by the handler and by its steps`() async throws {
        let reached = Reached()
        let hooks = ProbeHooks(around: { _, next in
            try await Locals.$color.withValue("red") { try await next() }
        })
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), hooks: [hooks]) { ctx in
                reached.note("handler \(Locals.color)")
                try await ctx.run("a") { reached.note("run \(Locals.color)") }
                return 1
            }
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(await attempt.next() == "Propose 1")
            _ = await attempt.rest()
        }
        #expect(reached.places == ["handler red", "run red"])
    }

    @Test func `a started step sees the task-locals of its start, not of its await`() async throws {
        let reached = Reached()
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { ctx in
                let future = Locals.$color.withValue("blue") {
                    ctx.start("a") { reached.note("started \(Locals.color)") }
                }
                try await Locals.$color.withValue("green") { try await future.value }
                return 1
            }
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(await attempt.next() == "Propose 1")
            _ = await attempt.rest()
        }
        #expect(reached.places == ["started blue"])
    }

    @Test func `a started step that nobody awaits is never run`() async throws {
        let reached = Reached()
        let lines = try await lines { ctx in
            _ = ctx.start("a") { reached.note("the closure") }
            return 1
        }
        #expect(lines == ["Run 1 'a'", "Output 1", "End"])
        #expect(reached.places == [])
    }

    @Test func `hooks learn which invocation it is, and whether it is a replay`() async throws {
        let seen = Locked<[String]>([])
        let hooks = ProbeHooks(around: { info, next in
            let headers = info.attemptHeaders.map { "\($0.name)=\($0.value)" }
            seen.withLock {
                $0 += ["\(info.id) \(info.target) \(info.knownEntries) \(info.isReplaying)"]
                $0 += headers
            }
            try await next()
            seen.withLock { $0.append("after \(info.isReplaying)") }
        })
        var journal = Journal(run(1, "a"), ran(1, "1"))
        journal.start.retryCount = 3
        let known = journal
        _ = try await lines(known, hooks: [hooks], headers: [("a", "b")]) { ctx in
            try await ctx.run("a") { 1 }
        }
        #expect(
            seen.withLock { $0 } == ["inv_1 Probe/key/run 2 true", "a=b", "after false"])
    }

    @Test func `a rehearsal gives a step's result, and the hooks are around it`() async throws {
        let reached = Reached()
        var endpoint = Endpoint(Probe { try await $0.run("a") { 1 } })
            .hooks(NotingHooks("hook", reached))
        endpoint.rehearsal = FixedResult(bytes: Array("42".utf8))
        let ready = endpoint
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), of: ready)
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(await attempt.next() == "Propose 1 42")
            _ = await attempt.rest()
        }
        #expect(reached.places.contains("hook ran a"))
    }
}

/// Every step has this result.
private final class FixedResult: Rehearsal {
    let now: Int64 = 0
    let runs: (any RunThreads)? = nil
    private let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    func execute(
        _ run: RehearsedRun, _ format: Format?, _ closure: @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        bytes
    }
}

/// A whole attempt of the run of an endpoint's only service.
private func lines(of endpoint: Endpoint) async throws -> [String] {
    try await onLoop { loop in try await Attempt(loop, Journal(), of: endpoint).rest() }
}
