import Foundation
import Restate
import RestateTesting
import Testing

// docs/guide/kafka.md

enum Kafka {
    struct Page: VirtualObject {
        static let clicks = StateKey<Int>("clicks", default: 0)

        func click(_ ctx: ObjectContext, click: Click) async throws {
            ctx.set(Self.clicks, try await ctx.get(Self.clicks) + 1)
        }

        struct API: HandlerTable {
            let click = exclusive(Page.click)
        }
    }

    struct Click: Codable, Sendable {
        var page: String
        var user: String
    }

    struct Clicks: Service {
        func take(_ ctx: Context, value: [UInt8]) async throws {
            guard let click = try? JSONDecoder().decode(Click.self, from: Data(value)) else {
                let place = ["kafka.topic", "kafka.partition", "kafka.offset"]
                    .map { ctx.request.header($0) ?? "?" }.joined(separator: "/")
                throw TerminalError("The event at \(place) is no click", code: 400)
            }
            ctx.object(Page.self, click.page).click.send(click)
        }

        struct API: HandlerTable {
            let take = handler(Clicks.take).rawInput()
        }
    }
}

struct KafkaPage {
    @Test func `an event goes to the object that its value names, and a bad one says where it is`()
        async throws
    {
        try await withRestate(Endpoint(Kafka.Clicks(), Kafka.Page())) { restate in
            let take = restate.service(Kafka.Clicks.self).take
                .header("kafka.topic", "clicks").header("kafka.partition", "0")
            for offset in 1...2 {
                let value = Array(#"{"page": "home", "user": "ada"}"#.utf8)
                try await take.header("kafka.offset", "\(offset)")(value)
            }
            let error = await #expect(throws: TerminalError.self) {
                try await take.header("kafka.offset", "3")([0, 255])
            }
            #expect(error?.message == "The event at clicks/0/3 is no click")
            try await restate.settle()
            let page = restate.state(of: Kafka.Page.self, "home")
            try await #expect(page.get(Kafka.Page.clicks) == 2)
        }
    }
}
