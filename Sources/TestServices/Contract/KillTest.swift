import Restate

/// The root of a tree of calls that only a kill ends.
struct KillTestRunner: VirtualObject {
    func startCallTree(_ ctx: ObjectContext) async throws {
        try await ctx.object(KillTestSingleton.self, ctx.key).recursiveCall()
    }

    struct API: HandlerTable {
        let startCallTree = exclusive(KillTestRunner.startCallTree)
    }
}

/// Calls itself on its own key, which is busy.
struct KillTestSingleton: VirtualObject {
    func recursiveCall(_ ctx: ObjectContext) async throws {
        let lock = ctx.awakeable(String.self)
        ctx.object(AwakeableHolder.self, ctx.key).hold.send(lock.id)
        _ = try await lock.value
        try await ctx.object(KillTestSingleton.self, ctx.key).recursiveCall()
    }

    func isUnlocked(_ ctx: ObjectContext) async throws {}

    struct API: HandlerTable {
        let recursiveCall = exclusive(KillTestSingleton.recursiveCall)
        let isUnlocked = exclusive(KillTestSingleton.isUnlocked)
    }
}
