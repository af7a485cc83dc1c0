import Primitives
import Restate
import RestateHTTP

/// Does another thing on every second attempt, which a replay must notice.
struct NonDeterministic: VirtualObject {
    private let attempts = Locked<[String: Int]>([:])

    func eitherSleepOrCall(_ ctx: ObjectContext) async throws {
        if goesLeft(ctx) {
            try await ctx.sleep(.milliseconds(100))
        } else {
            _ = try await ctx.object(Counter.self, "abc").get()
        }
        try await suspendThenCount(ctx)
    }

    func callDifferentMethod(_ ctx: ObjectContext) async throws {
        if goesLeft(ctx) {
            _ = try await ctx.object(Counter.self, "abc").get()
        } else {
            try await ctx.object(Counter.self, "abc").reset()
        }
        try await suspendThenCount(ctx)
    }

    func backgroundInvokeWithDifferentTargets(_ ctx: ObjectContext) async throws {
        if goesLeft(ctx) {
            ctx.object(Counter.self, "abc").get.send()
        } else {
            ctx.object(Counter.self, "abc").reset.send()
        }
        try await suspendThenCount(ctx)
    }

    func setDifferentKey(_ ctx: ObjectContext) async throws {
        ctx.set(StateKey<String?>(goesLeft(ctx) ? "a" : "b"), "my-state")
        try await suspendThenCount(ctx)
    }

    private func goesLeft(_ ctx: ObjectContext) -> Bool {
        let key = ctx.key
        return attempts.withLock { attempts in
            attempts[key, default: 0] += 1
            return attempts[key, default: 0] % 2 == 1
        }
    }

    private nonisolated(nonsending) func suspendThenCount(_ ctx: ObjectContext) async throws {
        try await ctx.sleep(.milliseconds(100))
        ctx.object(Counter.self, ctx.key).add.send(1)
    }

    struct API: HandlerTable {
        let eitherSleepOrCall = exclusive(NonDeterministic.eitherSleepOrCall)
        let callDifferentMethod = exclusive(NonDeterministic.callDifferentMethod)
        let backgroundInvokeWithDifferentTargets =
            exclusive(NonDeterministic.backgroundInvokeWithDifferentTargets)
        let setDifferentKey = exclusive(NonDeterministic.setDifferentKey)
    }
}
