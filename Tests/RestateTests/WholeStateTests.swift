import Restate
import RestateProtocol
import Testing

private struct Cart: Codable, Sendable {
    var items: [String] = []
    var coupon: String?
    var total = 0
}

/// State as one value of a Codable type.
@Suite(.timeLimit(.minutes(10)))
struct WholeStateTests {
    private static func journal(_ entries: [(String, String)]) -> Journal {
        var journal = Journal()
        journal.start.stateMap = entries.map {
            StateEntry(key: Bytes($0.0.utf8), value: Bytes($0.1.utf8))
        }
        return journal
    }

    @Test func `each stored property is an entry of its own`() async throws {
        let journal = Self.journal([
            ("total", "3"), ("items", #"["a","b"]"#), ("coupon", #""ten""#), ("other", "1"),
        ])
        let lines = try await lines(journal) { ctx in
            let cart = try await ctx.state(Cart.self)
            return "\(cart.items) \(cart.coupon ?? "none") \(cart.total)"
        }
        #expect(
            lines == [
                #"Get items ["a","b"]"#, #"Get coupon "ten""#, "Get total 3",
                #"Output "[\"a\", \"b\"] ten 3""#, "End",
            ])
    }

    @Test func `what has no entry is nil, or as in the default`() async throws {
        let lines = try await lines(Self.journal([("total", "3")])) { ctx in
            let cart = try await ctx.state(default: Cart(items: ["none"], coupon: "free"))
            return "\(cart.items) \(cart.coupon ?? "none") \(cart.total)"
        }
        #expect(lines.last { $0.hasPrefix("Output") } == #"Output "[\"none\"] free 3""#)
    }

    @Test func `an entry that is missing without a default fails the attempt`() async throws {
        let lines = try await lines(Self.journal([("total", "3")])) { ctx in
            try await ctx.state(Cart.self).total
        }
        let error = try #require(lines.last)
        #expect(error.hasPrefix("Error 500 state of Cart at"))
        #expect(error.contains("items"))
    }

    @Test func `entries that did not come along are fetched at once`() async throws {
        var journal = Journal()
        journal.start.partialState = true
        let lines = try await lines(journal) { ctx in
            try await ctx.state(Cart.self, default: Cart()).total
        }
        #expect(
            lines == [
                "Fetch 1 items", "Fetch 2 coupon", "Fetch 3 total", "Suspension [1, cancel]",
            ])
    }

    @Test func `it is written entry by entry, and nil removes one`() async throws {
        let lines = try await lines { ctx in
            ctx.setState(Cart(items: ["a"], total: 7))
            return try await ctx.state(Cart.self).total
        }
        #expect(
            lines == [
                #"Set items ["a"]"#, "Clear coupon", "Set total 7",
                #"Get items ["a"]"#, "Get coupon -", "Get total 7", "Output 7", "End",
            ])
    }

    @Test func `a state key of the same name is the same entry`() async throws {
        let total = StateKey<Int>("total", default: 0)
        let lines = try await lines { ctx in
            ctx.setState(Cart(total: 7))
            ctx.set(total, try await ctx.get(total) + 1)
            return try await ctx.state(Cart.self).total
        }
        #expect(lines.suffix(2) == ["Output 8", "End"])
    }

    @Test func `a type without properties by name is refused with its name`() async throws {
        let lines = try await lines { ctx in try await ctx.state([Int].self).count }
        let error = try #require(lines.first)
        #expect(error.hasPrefix("Error 500 state of Array<Int> at"))
        #expect(error.contains("one by one"))
    }
}
