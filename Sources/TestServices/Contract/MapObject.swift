import Restate

/// A map per key, with a state key for each of its entries.
struct MapObject: VirtualObject {
    struct Entry: Codable, Sendable {
        var key: String
        var value: String
    }

    static func value(of key: String) -> StateKey<String> { StateKey(key, default: "") }

    func set(_ ctx: ObjectContext, entry: Entry) async throws {
        ctx.set(Self.value(of: entry.key), entry.value)
    }

    func get(_ ctx: ObjectContext, key: String) async throws -> String {
        try await ctx.get(Self.value(of: key))
    }

    func clearAll(_ ctx: ObjectContext) async throws -> [Entry] {
        var entries: [Entry] = []
        for key in try await ctx.stateKeys() {
            entries.append(Entry(key: key, value: try await ctx.get(Self.value(of: key))))
        }
        ctx.clearAll()
        return entries
    }

    struct API: HandlerTable {
        let set = exclusive(MapObject.set)
        let get = exclusive(MapObject.get)
        let clearAll = exclusive(MapObject.clearAll)
    }
}
