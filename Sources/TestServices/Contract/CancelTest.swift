import Restate

/// How `CancelTestBlockingService` is to block.
enum BlockingOperation: String, Codable, Sendable {
    case call = "CALL"
    case sleep = "SLEEP"
    case awakeable = "AWAKEABLE"
}

/// Calls something that blocks, and remembers that it was cancelled meanwhile.
struct CancelTestRunner: VirtualObject {
    static let canceled = StateKey<Bool>("canceled", default: false)

    func startTest(_ ctx: ObjectContext, operation: BlockingOperation) async throws {
        do {
            try await ctx.object(CancelTestBlockingService.self, ctx.key).block(operation)
        } catch let error as TerminalError where error.code == 409 {
            ctx.set(Self.canceled, true)
        }
    }

    func verifyTest(_ ctx: ObjectContext) async throws -> Bool {
        try await ctx.get(Self.canceled)
    }

    struct API: HandlerTable {
        let startTest = exclusive(CancelTestRunner.startTest)
        let verifyTest = exclusive(CancelTestRunner.verifyTest)
    }
}

/// Blocks for good, in one of three ways, once its awakeable is unlocked.
struct CancelTestBlockingService: VirtualObject {
    func block(_ ctx: ObjectContext, operation: BlockingOperation) async throws {
        let lock = ctx.awakeable(String.self)
        try await ctx.object(AwakeableHolder.self, ctx.key).hold(lock.id)
        _ = try await lock.value
        switch operation {
        case .call:
            // Its own key is busy with this very invocation.
            try await ctx.object(CancelTestBlockingService.self, ctx.key).block(operation)
        case .sleep:
            try await ctx.sleep(.seconds(1024 * 24 * 3600))
        case .awakeable:
            _ = try await ctx.awakeable(String.self).value
        }
    }

    func isUnlocked(_ ctx: ObjectContext) async throws {}

    struct API: HandlerTable {
        let block = exclusive(CancelTestBlockingService.block)
        let isUnlocked = exclusive(CancelTestBlockingService.isUnlocked)
    }
}
