import Foundation
import Restate
import RestateTesting

/// Handlers with a mistake each, which tests without crashes do not see.
struct Mistakes: Service {
    let effects: Effects
    let numbers: Passes

    /// Reads a clock outside of a run: a replay reads another time.
    func clock(_ ctx: Context) async throws -> String {
        ctx.service(Mistakes.self).note.send("\(Date().timeIntervalSince1970)")
        try await ctx.sleep(.seconds(1))
        return "noted"
    }

    /// Goes through a set: its order is another one in each attempt.
    func order(_ ctx: Context) async throws -> String {
        let seats = Set((1...12).map { "seat-\($0)" })
        for seat in seats { ctx.service(Mistakes.self).note.send(seat) }
        try await ctx.sleep(.seconds(1))
        return "noted"
    }

    /// Counts outside of a run: each attempt has another number.
    func counter(_ ctx: Context) async throws -> String {
        numbers.add()
        let number = numbers.value
        try await ctx.sleep(.seconds(1))
        return "order \(number)"
    }

    /// Acts upon every error, the end of the attempt included.
    func catching(_ ctx: Context) async throws -> String {
        do {
            try await ctx.sleep(.seconds(1))
        } catch {
            effects.note("refund")
            throw error
        }
        return "kept"
    }

    /// Charges without a key: a run that is interrupted charges again.
    func charging(_ ctx: Context) async throws -> String {
        let effects = effects
        try await ctx.run("charge") { effects.note("charge") }
        return "charged"
    }

    func note(_ ctx: Context, text: String) async throws {}

    struct API: HandlerTable {
        let clock = handler(Mistakes.clock)
        let order = handler(Mistakes.order)
        let counter = handler(Mistakes.counter)
        let catching = handler(Mistakes.catching)
        let charging = handler(Mistakes.charging)
        let note = handler(Mistakes.note)
    }

    /// A story of one handler, which gives what it answered and how often a card was charged.
    static func story(
        _ name: String,
        _ act: @escaping @Sendable (TestClient<Mistakes>) async throws -> String
    ) -> Story {
        Story(name) {
            let effects = Effects()
            return Scene(
                Endpoint(Mistakes(effects: effects, numbers: Passes())), effects: effects
            ) { restate in
                let answer = try await act(restate.service(Mistakes.self))
                return [answer, "\(effects.count("charge")) charges"]
            }
        }
    }
}
