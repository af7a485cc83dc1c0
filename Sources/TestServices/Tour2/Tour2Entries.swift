import CanonicalJSON
import Restate

/// Names of operations on state.
struct Tour2Entries: VirtualObject {
    static let a = StateKey<Int?>("a")
    static let b = StateKey<Int?>("b")
    static let k = StateKey<JSONValue?>("k")

    func named(_ ctx: ObjectContext, name: String) async throws -> [JSONValue] {
        let before = try await ctx.get(Self.a, name: "\(name) get")
        ctx.set(Self.a, 1, name: "\(name) set")
        let after = try await ctx.get(Self.a, name: "\(name) again")
        let keys = try await ctx.stateKeys(name: "\(name) keys")
        ctx.clear(Self.a, name: "\(name) clear")
        ctx.set(Self.b, 2)
        ctx.clearAll(name: "\(name) clear all")
        return [number(before), number(after), texts(keys)]
    }

    func put(_ ctx: ObjectContext, value: JSONValue) async throws {
        ctx.set(Self.k, value)
    }

    func lazily(_ ctx: SharedObjectContext, name: String) async throws -> [JSONValue] {
        let value = try await ctx.get(Self.k, name: "\(name) get")
        return [value ?? .null, texts(try await ctx.stateKeys(name: "\(name) keys"))]
    }

    struct API: HandlerTable {
        let named = exclusive(Tour2Entries.named)
        let put = exclusive(Tour2Entries.put)
        let lazily = shared(Tour2Entries.lazily).lazyState()
    }
}

func number(_ number: Int?) -> JSONValue { number.map { .integer($0) } ?? .null }

/// Sorted, as the keys of state have no order.
func texts(_ texts: [String]) -> JSONValue { .array(texts.sorted().map { .string($0) }) }
