import Restate
import RestateTesting
import Testing

// docs/guide/state.md

struct Cart: VirtualObject {
    static let items = StateKey<[String]>("items", default: [])
    static let coupon = StateKey<String?>("coupon")

    func add(_ ctx: ObjectContext, item: String) async throws -> Int {
        var items = try await ctx.get(Self.items)
        items.append(item)
        ctx.set(Self.items, items)
        return items.count
    }

    func redeem(_ ctx: ObjectContext, coupon: String) async throws {
        guard try await ctx.get(Self.coupon) == nil else {
            throw TerminalError("One coupon a cart", code: 409)
        }
        ctx.set(Self.coupon, coupon)
    }

    func checkout(_ ctx: ObjectContext) async throws -> [String] {
        let items = try await ctx.get(Self.items)
        ctx.clearAll()
        return items
    }

    func contents(_ ctx: SharedObjectContext) async throws -> [String] {
        try await ctx.get(Self.items)
    }

    struct API: HandlerTable {
        let add = exclusive(Cart.add)
        let redeem = exclusive(Cart.redeem)
        let checkout = exclusive(Cart.checkout)
        let contents = shared(Cart.contents)
    }
}

struct Profile: Codable, Sendable {
    var visits = 0
    var nickname: String?
}

struct Visitor: VirtualObject {
    func greet(_ ctx: ObjectContext) async throws -> Int {
        var profile = try await ctx.state(Profile.self, default: Profile())
        profile.visits += 1
        ctx.setState(profile)
        return profile.visits
    }

    struct API: HandlerTable {
        let greet = exclusive(Visitor.greet)
    }
}

struct Shelf: VirtualObject {
    static let books = StateKey<Int>("books", default: 0)
    static let label = StateKey<String?>("label")

    func sort(_ ctx: ObjectContext) async throws -> [String] {
        let books = try await ctx.get(Self.books)  // the default if there is no entry
        ctx.set(Self.books, books + 1, name: "bought")  // the name is shown with the journal
        ctx.set(Self.label, nil)  // removes the entry, as clear does
        ctx.clear(Self.label)
        let names = try await ctx.stateKeys()  // ["books"]
        let (count, label) = try await ctx.all(
            ctx.startGet(Self.books), ctx.startGet(Self.label)
        ).value
        return names + ["\(count)", label ?? "none"]
    }

    struct API: HandlerTable {
        let sort = exclusive(Shelf.sort)
    }
}

struct StatePage {
    @Test func `a cart keeps what is put into it until it is checked out`() async throws {
        try await withRestate(Endpoint(Cart())) { restate in
            let cart = restate.object(Cart.self, "ada")
            _ = try await cart.add("pen")
            let count = try await cart.add("ink")
            #expect(count == 2)
            try await cart.redeem("SPRING")
            let refused = await #expect(throws: TerminalError.self) {
                try await cart.redeem("SPRING")
            }
            #expect(refused?.code == 409)
            let bought = try await cart.checkout()
            let left = try await cart.contents()
            #expect((bought, left) == (["pen", "ink"], []))
        }
    }

    @Test func `each property of a value is an entry`() async throws {
        try await withRestate(Endpoint(Visitor(), Shelf())) { restate in
            let visitor = restate.object(Visitor.self, "ada")
            _ = try await visitor.greet()
            let visits = try await visitor.greet()
            #expect(visits == 2)
            let entries = await restate.state(of: Visitor.self, "ada").all()
            #expect(entries == ["visits": "2"])
            let shelf = try await restate.object(Shelf.self, "1").sort()
            #expect(shelf == ["books", "1", "none"])
        }
    }
}
