import Restate
import RestateTesting
import Testing

// docs/guide/sagas.md

struct Booking: Service {
    let gateway: Gateway

    func book(_ ctx: Context, order: Order) async throws -> String {
        let gateway = gateway
        return try await ctx.saga { saga in
            for seat in order.seats {
                let place = ctx.object(Place.self, seat)
                saga.undo("seat \(seat)") { try await place.release(order.user) }
                try await place.reserve(order.user)
            }
            saga.undo("payment") {
                try await ctx.run("refund") { try await gateway.refund(order) }
            }
            return try await ctx.run("charge") { try await gateway.charge(order) }
        }
    }

    struct API: HandlerTable {
        let book = handler(Booking.book)
    }
}

struct Place: VirtualObject {
    static let owner = StateKey<String?>("owner")

    func reserve(_ ctx: ObjectContext, user: String) async throws {
        guard try await ctx.get(Self.owner) == nil else {
            throw TerminalError("Seat \(ctx.key) is taken", code: 409)
        }
        ctx.set(Self.owner, user)
    }

    func release(_ ctx: ObjectContext, user: String) async throws {
        if try await ctx.get(Self.owner) == user { ctx.clear(Self.owner) }
    }

    struct API: HandlerTable {
        let reserve = exclusive(Place.reserve)
        let release = exclusive(Place.release)
    }
}

struct Shipment: Service {
    let mailer: any Mailer

    func send(_ ctx: Context, order: Order) async throws {
        let mailer = mailer
        try await ctx.saga { saga in
            let place = ctx.object(Place.self, order.seats[0])
            saga.undo("seat") { try await place.release(order.user) }
            try await place.reserve(order.user)
            saga.forget("seat")  // what was noted under one name; forget() forgets everything
            try await ctx.run("mail") { try await mailer.send("Yours", to: order.user) }
        }
    }

    struct API: HandlerTable {
        let send = handler(Shipment.send)
    }
}

struct SagasPage {
    @Test func `a booking that cannot be completed leaves nothing behind`() async throws {
        let gateway = Gateway()
        try await withRestate(Endpoint(Booking(gateway: gateway), Place())) { restate in
            try await restate.object(Place.self, "A2").reserve("eve")
            let order = Order(id: "7", seats: ["A1", "A2"])
            let error = await #expect(throws: TerminalError.self) {
                try await restate.service(Booking.self).book(order)
            }
            #expect(error?.message == "Seat A2 is taken")
            let owner = try await restate.state(of: Place.self, "A1").get(Place.owner)
            #expect(owner == nil)
            let other = try await restate.state(of: Place.self, "A2").get(Place.owner)
            #expect(other == "eve")
            #expect(gateway.balance == [:])
        }
    }

    @Test func `a booking that succeeds undoes nothing`() async throws {
        let gateway = Gateway()
        let mail = SentMail()
        let endpoint = Endpoint(Booking(gateway: gateway), Place(), Shipment(mailer: mail))
        try await withRestate(endpoint) { restate in
            let order = Order(id: "7", seats: ["A1", "A2"])
            let receipt = try await restate.service(Booking.self).book(order)
            #expect(receipt == "receipt 7")
            #expect(gateway.balance == ["7": 100])
            try await restate.service(Shipment.self).send(Order(id: "8", seats: ["B1"]))
            #expect(mail.texts == ["ada: Yours"])
        }
    }
}
