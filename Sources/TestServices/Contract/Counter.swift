import Restate

/// A number per key.
struct Counter: VirtualObject {
    static let counter = StateKey<Int>("counter", default: 0)

    struct Change: Codable, Sendable {
        var oldValue: Int
        var newValue: Int
    }

    func add(_ ctx: ObjectContext, number: Int) async throws -> Change {
        let old = try await ctx.get(Self.counter)
        let (sum, overflow) = old.addingReportingOverflow(number)
        guard !overflow else { throw TerminalError("The counter is full", code: 400) }
        ctx.set(Self.counter, sum)
        return Change(oldValue: old, newValue: sum)
    }

    /// State written before a terminal error is kept.
    func addThenFail(_ ctx: ObjectContext, number: Int) async throws {
        _ = try await add(ctx, number: number)
        throw TerminalError(ctx.key)
    }

    func get(_ ctx: SharedObjectContext) async throws -> Int {
        try await ctx.get(Self.counter)
    }

    func reset(_ ctx: ObjectContext) async throws {
        ctx.clear(Self.counter)
    }

    struct API: HandlerTable {
        let add = exclusive(Counter.add)
        let addThenFail = exclusive(Counter.addThenFail)
        let get = shared(Counter.get)
        let reset = exclusive(Counter.reset)
    }
}
