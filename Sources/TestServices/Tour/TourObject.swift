import CanonicalJSON
import Restate

/// State: written, read, listed and cleared.
struct TourObject: VirtualObject {
    static let a = StateKey<JSONValue?>("a")
    static let b = StateKey<JSONValue?>("b")

    static func numbered(_ index: Int) -> StateKey<Int?> { StateKey("k\(index)") }

    /// Each read sees the writes before it.
    func state(_ ctx: ObjectContext) async throws -> [JSONValue] {
        var read = [try await value(of: Self.a, ctx)]
        ctx.set(Self.a, .integer(1))
        read.append(try await value(of: Self.a, ctx))
        ctx.set(Self.b, .object(["x": .array([.integer(1), .integer(2)])]))
        read.append(try await keys(ctx))
        ctx.clear(Self.a)
        read.append(try await value(of: Self.a, ctx))
        ctx.clearAll()
        read.append(try await value(of: Self.b, ctx))
        read.append(try await keys(ctx))
        return read
    }

    func fill(_ ctx: ObjectContext, count: Int) async throws {
        guard count >= 0 else { throw TerminalError("A negative number of entries", code: 400) }
        for index in 0..<count { ctx.set(Self.numbered(index), index) }
    }

    func readAll(_ ctx: SharedObjectContext) async throws -> [JSONValue] {
        let names = try await ctx.stateKeys().sorted()
        var values: [JSONValue] = []
        for name in names { values.append(try await value(of: StateKey(name), ctx)) }
        return [.array(names.map { .string($0) }), .array(values)]
    }

    /// Nothing is sent along with the invocation: each entry is fetched when it is first read.
    func lazily(_ ctx: ObjectContext) async throws -> [JSONValue] {
        let before = try await ctx.get(Self.numbered(0))
        ctx.set(Self.numbered(0), (before ?? 0) + 1)
        let k0 = try await value(of: StateKey("k0"), ctx)
        let k1 = try await value(of: StateKey("k1"), ctx)
        return [before.map { .integer($0) } ?? .null, k0, k1, try await keys(ctx)]
    }

    func key(_ ctx: SharedObjectContext) async throws -> String {
        ctx.key
    }

    private nonisolated(nonsending) func value(
        of key: StateKey<JSONValue?>, _ ctx: SharedObjectContext
    ) async throws -> JSONValue {
        try await ctx.get(key) ?? .null
    }

    private nonisolated(nonsending) func keys(_ ctx: SharedObjectContext) async throws -> JSONValue
    {
        .array(try await ctx.stateKeys().sorted().map { .string($0) })
    }

    struct API: HandlerTable {
        let state = exclusive(TourObject.state)
        let fill = exclusive(TourObject.fill)
        let readAll = shared(TourObject.readAll)
        let lazily = exclusive(TourObject.lazily).lazyState()
        let key = shared(TourObject.key)
    }
}
