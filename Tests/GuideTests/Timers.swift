import Foundation
import Restate
import RestateTesting
import Testing

// docs/guide/timers.md

struct Newsletter: VirtualObject {
    static let readers = StateKey<[String]>("readers", default: [])
    let mailer: any Mailer

    func subscribe(_ ctx: ObjectContext, reader: String) async throws {
        var readers = try await ctx.get(Self.readers)
        if readers.isEmpty { tickLater(ctx) }
        readers.append(reader)
        ctx.set(Self.readers, readers)
    }

    func tick(_ ctx: ObjectContext) async throws {
        let mailer = mailer
        for reader in try await ctx.get(Self.readers) {
            try await ctx.run("mail") { try await mailer.send("The news", to: reader) }
        }
        tickLater(ctx)
    }

    private func tickLater(_ ctx: ObjectContext) {
        ctx.object(Newsletter.self, ctx.key).tick.send(after: .seconds(7 * 86_400))
    }

    struct API: HandlerTable {
        let subscribe = exclusive(Newsletter.subscribe)
        let tick = exclusive(Newsletter.tick).ingressPrivate()
    }
}

struct Kitchen: Service {
    func cook(_ ctx: Context) async throws -> String {
        try await ctx.sleep(.seconds(5))  // waits here
        let timer = ctx.timer(.seconds(300), name: "eggs")  // a future: waits later, or in a race
        let began = try await ctx.now()  // the time of day, the same on every replay
        try await timer.value
        let answer = ctx.awakeable(String.self)
        let text = try await ctx.select(
            .when(answer) { $0 },
            .when(ctx.timer(.seconds(60))) { "nobody answered" })
        do {
            _ = try await answer.orTimeout(.seconds(60)).value
        } catch let error as TerminalError where error.isTimeout {
            ctx.log.info("still nobody")
        }
        let waited = try await ctx.now().timeIntervalSince(began)
        return "\(text) for \(Int(waited.rounded())) s"
    }

    struct API: HandlerTable {
        let cook = handler(Kitchen.cook)
    }
}

struct TimersPage {
    @Test func `a newsletter goes out every week`() async throws {
        let mail = SentMail()
        try await withRestate(Endpoint(Newsletter(mailer: mail))) { restate in
            try await restate.object(Newsletter.self, "news").subscribe("ada")
            try await restate.clock.advance(by: .seconds(15 * 86_400))
            #expect(mail.texts == ["ada: The news", "ada: The news"])
        }
    }

    @Test func `waits take as long as they say`() async throws {
        try await withRestate(Endpoint(Kitchen())) { restate in
            let told = try await restate.service(Kitchen.self).cook()
            #expect(told == "nobody answered for 420 s")
        }
    }
}
