import Restate

/// What is left: handlers that do not replay, futures in futures, long errors, signals, idempotency keys.
struct More: VirtualObject {
    /// A call whose header differs in each attempt.
    func ndHeader(_ ctx: ObjectContext) async throws -> String {
        let attempt = counter.bump("ndh")
        let call = ctx.service(Ser.self).str.header("x-b", "\(attempt)").header("x-a", "same")
            .start("v")
        try await ctx.sleep(.milliseconds(50))
        return try await call.value
    }

    /// Other commands in every second attempt.
    func ndOrder(_ ctx: ObjectContext) async throws -> String {
        if counter.bump("ndo") % 2 == 1 {
            ctx.set(Obj.n, 1)
        } else {
            _ = try await ctx.run("other") { 1 }
        }
        try await ctx.sleep(.milliseconds(10))
        return "x"
    }

    func child(_ ctx: ObjectContext) async throws -> String {
        do {
            return try await ctx.object(Tree.self, "cl-\(ctx.key)").leaf("x")
        } catch let failure as TerminalError {
            return "parent saw \(failure.code) cancel=\(failure.isCancellation) \(failure.message)"
        }
    }

    /// Waits for its own key: until somebody cancels it.
    func selfCall(_ ctx: ObjectContext) async throws -> String {
        do {
            return try await ctx.object(More.self, ctx.key).other()
        } catch let failure as TerminalError {
            return "self \(failure.code) \(failure.isCancellation)"
        }
    }

    func other(_ ctx: ObjectContext) async throws -> String { "other" }

    /// Cancels what it has sent and what it has called.
    func cancelSent(_ ctx: ObjectContext) async throws -> String {
        let sent = ctx.object(Obj.self, "cs").add.send(5, after: .seconds(2))
        ctx.cancel(try await sent.invocationID)
        let called = ctx.service(Timing.self).sleepMs.start(20000)
        ctx.cancel(try await called.invocationID)
        do {
            _ = try await called.value
            return "?"
        } catch let failure as TerminalError {
            return "child \(failure.code) mine=\(failure.isCancellation)"
        }
    }

    /// Combinators of combinators, with failures at every level.
    func nested(_ ctx: ObjectContext) async throws -> String {
        var seen: [String] = []
        let never = ctx.awakeable(String.self)
        do {
            _ = try await never.orTimeout(.milliseconds(50)).orTimeout(.seconds(10)).value
        } catch let failure as TerminalError {
            seen.append("t\(failure.code)")
        }
        let run = ctx.start("r") { "r" }
        seen.append(try await run.orTimeout(.seconds(5)).value)
        seen.append(try await run.orTimeout(.zero).value)
        let bad = ctx.start("bad") { () -> String in
            throw TerminalError("bad", code: 422, metadata: ["k": "v"])
        }
        let settled = try await ctx.settled([run, bad]).value
        seen.append(
            settled.map { result in
                switch result {
                case .success(let value): value
                case .failure(let failure): "f:\(failure)"
                }
            }.joined(separator: ","))
        do {
            _ = try await ctx.all(run, bad, ctx.timer(.seconds(30))).value
        } catch let failure as TerminalError {
            seen.append("all \(failure.code) \(failure.metadata)")
        }
        seen.append(try await ctx.firstSuccess(of: bad, run).value)
        do {
            _ = try await ctx.firstSuccess(of: bad, bad).value
        } catch let failure as TerminalError {
            seen.append("fs \(failure.code)")
        }
        let pair = try await ctx.all(run, run).value
        seen.append("\(pair)")
        seen.append(
            try await ctx.select(
                .when(ctx.timer(.seconds(20))) { _ in "timer" },
                .when(ctx.all(run, run)) { "\($0.0)" }))
        var mappings = 0
        let mapped = run.map { value -> String in
            mappings += 1
            return value + "\(mappings)"
        }
        seen.append(try await mapped.value)
        seen.append(try await ctx.first(of: mapped, mapped).value)
        let failing = run.map { _ -> String in throw TerminalError("mapped", code: 410) }
        do {
            _ = try await failing.value
        } catch let failure as TerminalError {
            seen.append("m\(failure.code)")
        }
        seen.append(try await ctx.all([DurableFuture<String>]()).value.description)
        let big = try await ctx.all(
            ctx.all([run, run]),
            ctx.first(of: ctx.all([run]), ctx.timer(.seconds(9)).map { ["late"] }),
            ctx.settled([bad])
        ).value
        seen.append("\(big.0) \(big.1) \(big.2.count)")
        return seen.joined(separator: " | ")
    }

    /// A retry policy whose factor is no number that can be multiplied with.
    func runNaN(_ ctx: ObjectContext, name: String) async throws -> String {
        let factors: [String: Double] = ["nan": .nan, "inf": .infinity, "huge": 1e308]
        let retry = RunRetryPolicy(
            initialInterval: .milliseconds(5), factor: factors[name] ?? -1,
            maxInterval: .milliseconds(20), maxAttempts: 4)
        do {
            return try await ctx.run("x", retry: retry) { () -> String in
                throw Oops(description: "x")
            }
        } catch let failure as TerminalError {
            return "t \(failure.message)"
        }
    }

    /// A retry policy that waits as long as a number can say.
    func runNoMax(_ ctx: ObjectContext) async throws -> String {
        let retry = RunRetryPolicy(
            initialInterval: .seconds(Int64.max), factor: 10, maxInterval: nil, maxAttempts: 2)
        do {
            return try await ctx.run("x", retry: retry) { () -> String in
                counter.bump("noMax")
                throw Oops(description: "x")
            }
        } catch let failure as TerminalError {
            return "t \(failure.message)"
        }
    }

    func longError(_ ctx: ObjectContext, count: Int) async throws -> String {
        throw Oops(description: String(repeating: "e\n\u{0}ü", count: max(0, count)))
    }

    func longTerminal(_ ctx: ObjectContext, count: Int) async throws -> String {
        throw TerminalError(String(repeating: "e\nü", count: max(0, count)))
    }

    /// Signals of two names that look alike, one of them twice.
    func sig(_ ctx: ObjectContext) async throws -> String {
        try await ctx.sleep(.milliseconds(300))
        let first = try await ctx.signal("a", as: String.self).value
        let other = try await shortly("\u{e9}", ctx)
        let second = try await shortly("a", ctx)
        return "\(first) \(other) \(second)"
    }

    nonisolated(nonsending) private func shortly(
        _ name: String, _ ctx: ObjectContext
    ) async throws -> String {
        do {
            return try await ctx.signal(name, as: String.self).orTimeout(.milliseconds(100)).value
        } catch let failure as TerminalError {
            return "t\(failure.code)"
        }
    }

    struct SendSig: Codable, Sendable {
        var id: String
        var name: String
        var v: String
    }

    func sendSig(_ ctx: SharedObjectContext, signal: SendSig) async throws {
        ctx.sendSignal(signal.name, to: InvocationID<String>(signal.id), with: signal.v)
    }

    /// Begins much and waits for nothing.
    func unresolved(_ ctx: ObjectContext) async throws -> String {
        _ = ctx.start("never") { () -> Int in counter.bump("never") }
        _ = ctx.object(Obj.self, "unres").add.start(7)
        ctx.object(Obj.self, "unres").add.send(8)
        _ = ctx.timer(.seconds(500))
        _ = ctx.awakeable(Int.self)
        return "done"
    }

    func caught(_ ctx: ObjectContext) async throws -> String {
        do {
            try await ctx.sleep(.seconds(1))
        } catch {
            return "swallowed"
        }
        return "ok"
    }

    /// One idempotency key for two inputs and two handlers.
    func idemCall(_ ctx: ObjectContext) async throws -> [String] {
        let service = ctx.service(Ser.self)
        let first = try await service.str.idempotencyKey("same")("one")
        let second = try await service.str.idempotencyKey("same")("two")
        let third = try await service.opt.idempotencyKey("same")("three") ?? "nil"
        return [first, second, third]
    }

    func emptyIdem(_ ctx: ObjectContext) async throws -> String {
        try await ctx.service(Ser.self).str.idempotencyKey("")("one")
    }

    /// Runs one workflow twice.
    func wfCall(_ ctx: ObjectContext, key: String) async throws -> String {
        do {
            let first = ctx.workflow(Flow.self, key).run.start("q")
            let second = ctx.workflow(Flow.self, key).run.start("q2")
            let isSame =
                try await first.invocationID.rawValue == (try await second.invocationID.rawValue)
            _ = try await ctx.workflow(Flow.self, key).done("z")
            let results = try await ctx.settled(first, second).value
            return "\(isSame) \(results.0) \(results.1)"
        } catch let failure as TerminalError {
            return "t \(failure.code) \(failure.message)"
        }
    }

    func hdrs(_ ctx: SharedObjectContext) async throws -> String {
        "\(ctx.request.header("X-Aa") ?? "-") \(ctx.request.header("x-aA") ?? "-")"
    }

    /// A step that is told when its attempt ends.
    func runSeesEnd(_ ctx: ObjectContext) async throws -> String {
        try await ctx.run("r") { () -> String in
            do {
                try await Task.sleep(for: .seconds(4))
                counter.bump("ranToEnd")
            } catch {
                counter.bump("sawCancel")
            }
            return "x"
        }
    }

    /// Cancelled while it selects; selects again to undo.
    func selCancel(_ ctx: ObjectContext) async throws -> String {
        let awakeable = ctx.awakeable(String.self)
        do {
            return try await ctx.select(
                .when(awakeable) { $0 }, .when(ctx.timer(.seconds(60))) { "t" })
        } catch let failure as TerminalError {
            let undone = try await ctx.select(
                .when(ctx.timer(.milliseconds(50))) { "undone" }, .when(awakeable) { $0 })
            return "c \(failure.isCancellation) \(undone)"
        }
    }

    /// Cancelled while it waits for two; they are cancelled too.
    func allCancel(_ ctx: ObjectContext) async throws -> String {
        let first = ctx.service(Timing.self).sleepMs.start(30000)
        let second = ctx.service(Timing.self).sleepMs.start(31000)
        do {
            _ = try await ctx.settled(first, second).value
            return "?"
        } catch let failure as TerminalError {
            let results = try await ctx.settled(first, second).value
            return "c \(failure.isCancellation) \(results.0) \(results.1)"
        }
    }

    struct API: HandlerTable {
        let ndHeader = exclusive(More.ndHeader)
        let ndOrder = exclusive(More.ndOrder)
        let child = exclusive(More.child)
        let selfCall = exclusive(More.selfCall)
        let other = exclusive(More.other)
        let cancelSent = exclusive(More.cancelSent)
        let nested = exclusive(More.nested)
        let runNaN = exclusive(More.runNaN)
        let runNoMax = exclusive(More.runNoMax)
        let longError = exclusive(More.longError)
        let longTerminal = exclusive(More.longTerminal)
        let sig = exclusive(More.sig)
        let sendSig = shared(More.sendSig)
        let unresolved = exclusive(More.unresolved)
        let caught = exclusive(More.caught)
        let idemCall = exclusive(More.idemCall)
        let emptyIdem = exclusive(More.emptyIdem)
        let wfCall = exclusive(More.wfCall)
        let hdrs = shared(More.hdrs)
        let runSeesEnd = exclusive(More.runSeesEnd)
        let selCancel = exclusive(More.selCancel)
        let allCancel = exclusive(More.allCancel)
    }
}
