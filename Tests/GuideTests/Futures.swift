import Restate
import RestateTesting
import Testing

// docs/guide/futures.md

struct Shop: VirtualObject {
    let prices: [String: Int]

    func offer(_ ctx: SharedObjectContext, item: String) async throws -> Int {
        guard let price = prices[ctx.key] else { throw TerminalError("No \(item)", code: 404) }
        return price
    }

    struct API: HandlerTable {
        let offer = shared(Shop.offer)
    }
}

struct Comparison: Service {
    func cheapest(_ ctx: Context, item: String) async throws -> Int? {
        let offers = ["east", "west", "north"].map { name in
            ctx.object(Shop.self, name).offer.start(item)  // all are asked at once
                .map { Int?($0) }
                .recover { _ in nil }  // a shop without the item has no price
        }
        return try await ctx.all(offers).value.compactMap(\.self).min()
    }

    struct API: HandlerTable {
        let cheapest = handler(Comparison.cheapest)
    }
}

struct Combinations: Service {
    func everything(_ ctx: Context) async throws -> [String] {
        let step = ctx.start("look up") { 7 }  // a step
        let timer = ctx.timer(.seconds(60))  // a timer
        let call = ctx.service(Numbers.self).double.start(21)  // a call
        let approval = ctx.awakeable(Bool.self)  // completed by somebody else
        let (seven, answer) = try await ctx.all(step, call).value
        let event = try await ctx.select(
            .when(approval) { $0 ? "approved" : "refused" },
            .when(timer) { "too late" })
        let calls = [3, 1, 2].map { ctx.service(Numbers.self).double.start($0) }
        let one = try await ctx.first(of: calls).value  // the first to complete
        let good = try await ctx.firstSuccess(of: calls).value  // the first to succeed
        let both = try await ctx.settled(calls[0], calls[1]).value  // a Result of each
        let later = [3, 1, 2].map { ctx.timer(.seconds($0)) }
        var order: [Int] = []
        for try await (index, _) in ctx.inCompletionOrder(later) { order.append(index) }
        let text = ctx.service(Numbers.self).half.start(5).mapResult { result in
            switch result {
            case .success(let half): "\(half)"
            case .failure(let error): "refused: \(error.message)"
            }
        }
        let limited = try await ctx.first(of: text, timer.map { "too late" })
            .orTimeout(.seconds(5)).value
        let settled = "\(try both.0.get() + both.1.get())"
        return ["\(seven) \(answer)", event, "\(one) \(good)", settled, "\(order)", limited]
    }

    struct API: HandlerTable {
        let everything = handler(Combinations.everything)
    }
}

struct Numbers: Service {
    func double(_ ctx: Context, number: Int) async throws -> Int { number * 2 }

    func half(_ ctx: Context, number: Int) async throws -> Int {
        guard number.isMultiple(of: 2) else { throw TerminalError("odd", code: 400) }
        return number / 2
    }

    struct API: HandlerTable {
        let double = handler(Numbers.double)
        let half = handler(Numbers.half)
    }
}

struct FuturesPage {
    @Test func `the cheapest offer is found, though one shop has none`() async throws {
        try await withRestate(Endpoint(Comparison(), Shop(prices: ["east": 12, "west": 9]))) {
            restate in
            let price = try await restate.service(Comparison.self).cheapest("pen")
            #expect(price == 9)
        }
    }

    @Test func `futures are combined as the guide says`() async throws {
        try await withRestate(Endpoint(Combinations(), Numbers())) { restate in
            let all = try await restate.service(Combinations.self).everything()
            #expect(all[0] == "7 42")
            #expect(all[1] == "too late")
            #expect(all[3] == "8")
            #expect(all[4] == "[1, 2, 0]")
            #expect(all[5] == "refused: odd" || all[5] == "too late")
        }
    }
}
