import Restate

/// Objects with many state keys.
struct Keys: VirtualObject {
    private static func key(_ number: Int) -> StateKey<Int> {
        StateKey<Int>("k\(number)", default: 0)
    }

    func fill(_ ctx: ObjectContext, count: Int) async throws -> Int {
        for number in 0..<max(0, count) { ctx.set(Self.key(number), number) }
        return try await ctx.stateKeys().count
    }

    func sum(_ ctx: ObjectContext, count: Int) async throws -> Int {
        var sum = 0
        for number in 0..<max(0, count) { sum += try await ctx.get(Self.key(number)) }
        return sum
    }

    func clearSome(_ ctx: ObjectContext, count: Int) async throws -> Int {
        for number in 0..<max(0, count) { ctx.clear(Self.key(number)) }
        return try await ctx.stateKeys().count
    }

    struct API: HandlerTable {
        let fill = exclusive(Keys.fill)
        let sum = exclusive(Keys.sum)
        let clearSome = exclusive(Keys.clearSome)
    }
}
