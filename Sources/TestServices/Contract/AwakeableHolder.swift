import Restate

/// Keeps the id of somebody's awakeable until it is told what to complete it with.
struct AwakeableHolder: VirtualObject {
    static let id = StateKey<AwakeableID<String>?>("id")

    func hold(_ ctx: ObjectContext, id: AwakeableID<String>) async throws {
        ctx.set(Self.id, id)
    }

    func hasAwakeable(_ ctx: ObjectContext) async throws -> Bool {
        try await ctx.get(Self.id) != nil
    }

    func unlock(_ ctx: ObjectContext, value: String) async throws {
        guard let id = try await ctx.get(Self.id) else {
            throw TerminalError("No awakeable is held", code: 404)
        }
        ctx.resolve(id, with: value)
        ctx.clear(Self.id)
    }

    struct API: HandlerTable {
        let hold = exclusive(AwakeableHolder.hold)
        let hasAwakeable = exclusive(AwakeableHolder.hasAwakeable)
        let unlock = exclusive(AwakeableHolder.unlock)
    }
}
