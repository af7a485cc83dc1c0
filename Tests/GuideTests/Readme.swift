import Foundation
import Restate
import RestateClient
import RestateLocal
import RestateTesting
import Testing

// README.md

enum ReadmePage {
    struct Hold: Codable, Sendable {
        var buyer: String
    }

    struct Ticket: VirtualObject {
        func reserve(_ ctx: ObjectContext, buyer: String) async throws -> Bool { true }
        func expire(_ ctx: ObjectContext, hold: Hold) async throws {}

        struct API: HandlerTable {
            let reserve = exclusive(Ticket.reserve)
            let expire = exclusive(Ticket.expire)
        }
    }

    struct Greeter: Service {
        func greet(_ ctx: Context, name: String) async throws -> String { "Hello \(name)" }

        struct API: HandlerTable {
            let greet = handler(Greeter.greet)
        }
    }

    struct Shop: Service {
        func sell(_ ctx: Context, buyer: String) async throws -> Bool {
            let hold = Hold(buyer: buyer)
            let seat = ctx.object(Ticket.self, "seat-1")
            let held = try await seat.reserve(buyer)  // call and wait
            let future = seat.reserve.start(buyer)  // call, wait later
            seat.expire.send(hold, after: .seconds(900))  // one-way, in a quarter of an hour
            return try await held == future.value
        }

        struct API: HandlerTable {
            let sell = handler(Shop.sell)
        }
    }

    /// Not run: it takes a server's ports, which a machine may have in use.
    static func local() async throws {
        let server = try await LocalServer().start()
        try await server.register(Endpoint(Greeter()))  // or a URL
        await server.shutdown()
    }

    /// Not run, for the same reason.
    static func client(buyer: String) async throws -> Bool {
        let client = RestateClient(ingress: URL(string: "http://localhost:8080")!)
        let held = try await client.object(Ticket.self, "seat-1").reserve(buyer)
        return held
    }

    struct Tests {
        @Test func `a seat is sold by a shop`() async throws {
            try await withRestate(Endpoint(Shop(), Ticket())) { restate in
                let sold = try await restate.service(Shop.self).sell("ada")
                #expect(sold)
            }
        }

        @Test func `a greeting has the name in it`() async throws {
            try await withRestate(Endpoint(Greeter())) { restate in
                let text = try await restate.service(Greeter.self).greet("Ada")
                #expect(text.hasPrefix("Hello Ada"))
            }
        }
    }

    /// Not run: it serves until the process is ended.
    static func observed() async {
        let metrics = EndpointMetrics()
        await Endpoint(Greeter())
            .logger(StandardErrorLogger(), level: .debug)
            .hooks(TracingHooks(exporter: OTLPLines(service: "greeter")))
            .metrics(metrics, at: "/metrics")
            .serve()
    }
}
