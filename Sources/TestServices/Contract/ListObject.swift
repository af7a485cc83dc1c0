import Restate

/// A list per key, which keeps the order in which calls arrive.
struct ListObject: VirtualObject {
    static let list = StateKey<[String]>("list", default: [])

    func append(_ ctx: ObjectContext, element: String) async throws {
        ctx.set(Self.list, try await ctx.get(Self.list) + [element])
    }

    func get(_ ctx: ObjectContext) async throws -> [String] {
        try await ctx.get(Self.list)
    }

    func clear(_ ctx: ObjectContext) async throws -> [String] {
        let list = try await ctx.get(Self.list)
        ctx.clear(Self.list)
        return list
    }

    struct API: HandlerTable {
        let append = exclusive(ListObject.append)
        let get = exclusive(ListObject.get)
        let clear = exclusive(ListObject.clear)
    }
}
