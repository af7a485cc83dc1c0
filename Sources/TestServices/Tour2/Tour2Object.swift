import CanonicalJSON
import Restate

/// Much data: many entries, and long ones.
struct Tour2Object: VirtualObject {
    static let big = StateKey<String?>("big")

    struct Change: Codable, Sendable {
        var set: String
        var clear: String
    }

    private static func key(_ name: String) -> StateKey<JSONValue?> { StateKey(name) }

    func fill(_ ctx: ObjectContext, count: Int) async throws {
        guard count >= 0 else { throw TerminalError("A negative number of entries", code: 400) }
        for number in 0..<count { ctx.set(Self.key("k\(number)"), .integer(number)) }
    }

    func read(_ ctx: SharedObjectContext, keys: [String]) async throws -> [JSONValue] {
        var values: [JSONValue] = []
        for key in keys { values.append(try await ctx.get(Self.key(key)) ?? .null) }
        return values
    }

    func together(_ ctx: SharedObjectContext, keys: [String]) async throws -> [JSONValue] {
        let reads = keys.map { ctx.startGet(Self.key($0)) }
        return try await ctx.all(reads).value.map { $0 ?? .null }
    }

    func count(_ ctx: SharedObjectContext) async throws -> Int {
        try await ctx.stateKeys().count
    }

    func change(_ ctx: ObjectContext, input: Change) async throws -> [JSONValue] {
        ctx.set(Self.key(input.set), .string("changed"))
        ctx.clear(Self.key(input.clear))
        return [
            try await ctx.get(Self.key(input.set)) ?? .null,
            try await ctx.get(Self.key(input.clear)) ?? .null,
        ]
    }

    func emptied(_ ctx: ObjectContext, key: String) async throws -> [JSONValue] {
        ctx.clearAll()
        let value = try await ctx.get(Self.key(key))
        return [value ?? .null, .integer(try await ctx.stateKeys().count)]
    }

    func setBig(_ ctx: ObjectContext, length: Int) async throws {
        ctx.set(Self.big, try Self.text(length))
    }

    func getBig(_ ctx: SharedObjectContext) async throws -> Int {
        try await ctx.get(Self.big)?.utf8.count ?? 0
    }

    func runBig(_ ctx: ObjectContext, length: Int) async throws -> Int {
        try await ctx.run("big") { try Self.text(length) }.utf8.count
    }

    func giveBig(_ ctx: SharedObjectContext, length: Int) async throws -> String {
        try Self.text(length)
    }

    func takeBig(_ ctx: ObjectContext, text: String) async throws -> Int {
        text.utf8.count
    }

    func callBig(_ ctx: ObjectContext, length: Int) async throws -> Int {
        let answer = try await ctx.service(Tour2.self).echo(.string(try Self.text(length)))
        return try TestServices.text(answer).utf8.count
    }

    private static func text(_ length: Int) throws -> String {
        guard 0...30_000_000 ~= length else {
            throw TerminalError("Between nothing and 30 MB", code: 400)
        }
        return String(repeating: "x", count: length)
    }

    func whereami(_ ctx: ObjectContext) async throws -> [String?] {
        [ctx.key, ctx.request.scope]
    }

    struct API: HandlerTable {
        let fill = exclusive(Tour2Object.fill)
        let read = shared(Tour2Object.read)
        let lazyRead = shared(Tour2Object.read).lazyState()
        let together = shared(Tour2Object.together)
        let count = shared(Tour2Object.count)
        let lazyCount = shared(Tour2Object.count).lazyState()
        let change = exclusive(Tour2Object.change)
        let emptied = exclusive(Tour2Object.emptied)
        let setBig = exclusive(Tour2Object.setBig)
        let getBig = shared(Tour2Object.getBig)
        let lazyBig = shared(Tour2Object.getBig).lazyState()
        let runBig = exclusive(Tour2Object.runBig)
        let giveBig = shared(Tour2Object.giveBig)
        let takeBig = exclusive(Tour2Object.takeBig)
        let callBig = exclusive(Tour2Object.callBig)
        let whereami = exclusive(Tour2Object.whereami)
    }
}
