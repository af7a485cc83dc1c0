import Restate

/// Code as it is now, for journals of an object that an earlier code has made.
struct Tour2MismatchObject: VirtualObject {
    static let options = ServiceOptions().retryPolicy(endsSoon)

    private static let n = StateKey<Int?>("n")
    private static let b = StateKey<Int?>("b")

    func value(_ ctx: ObjectContext) async throws -> String {
        ctx.set(Self.n, 2)
        try await ctx.sleep(.milliseconds(10))
        return "set"
    }

    func key(_ ctx: ObjectContext) async throws -> String {
        ctx.set(Self.b, 1)
        try await ctx.sleep(.milliseconds(10))
        return "set"
    }

    func cleared(_ ctx: ObjectContext) async throws -> String {
        ctx.clear(Self.n)
        try await ctx.sleep(.milliseconds(10))
        return "cleared"
    }

    func read(_ ctx: ObjectContext) async throws -> String {
        _ = try await ctx.get(Self.b)
        try await ctx.sleep(.milliseconds(10))
        return "read"
    }

    struct API: HandlerTable {
        let value = exclusive(Tour2MismatchObject.value)
        let key = exclusive(Tour2MismatchObject.key)
        let cleared = exclusive(Tour2MismatchObject.cleared)
        let read = exclusive(Tour2MismatchObject.read)
    }
}
