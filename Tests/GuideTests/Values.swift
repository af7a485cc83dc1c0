import Restate
import RestateTesting
import Testing

// docs/guide/values.md

enum ValuesPage {
    struct Order: Codable, Sendable {
        var total: Double
        var seats: [String]
        var note: String?  // left out when it is nil
        var paid: Bool
    }

    struct Echo: Service {
        func take(_ ctx: Context, order: Order) async throws -> String {
            String(decoding: ctx.request.body, as: UTF8.self)
        }

        struct API: HandlerTable {
            let take = handler(Echo.take)
        }
    }

    struct Tests {
        @Test func `a value has one spelling`() async throws {
            try await withRestate(Endpoint(Echo())) { restate in
                let order = Order(total: 12.5, seats: ["A1"], paid: false)
                let text = try await restate.service(Echo.self).take(order)
                #expect(text == #"{"paid":false,"seats":["A1"],"total":12.5}"#)
            }
        }
    }
}
