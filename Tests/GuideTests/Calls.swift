import Foundation
import Restate
import RestateClient
import RestateLocal
import RestateTesting
import Testing

// docs/guide/calls.md

struct Room: VirtualObject {
    static let guest = StateKey<String?>("guest")

    func book(_ ctx: ObjectContext, guest: String) async throws -> Bool {
        guard try await ctx.get(Self.guest) == nil else { return false }
        ctx.set(Self.guest, guest)
        ctx.object(Room.self, ctx.key).free.send(after: .seconds(3600))  // one way, in an hour
        return true
    }

    func free(_ ctx: ObjectContext) async throws { ctx.clear(Self.guest) }

    struct API: HandlerTable {
        let book = exclusive(Room.book)
        let free = exclusive(Room.free)
    }
}

struct Hotel: Service {
    func stay(_ ctx: Context, guest: String) async throws -> Int {
        for number in 1...3 {
            let room = ctx.object(Room.self, "room-\(number)")
            if try await room.book(guest) { return number }  // waits for the answer
        }
        throw TerminalError("All rooms are taken", code: 409)
    }

    struct API: HandlerTable {
        let stay = handler(Hotel.stay)
    }
}

struct Agency: Service {
    func shapes(_ ctx: Context, guest: String) async throws -> [String] {
        let room = ctx.object(Room.self, "room-7")
        let booked = try await room.book(guest)  // call, and wait for the result
        let started = room.book.start("bob")  // call, and wait later
        let sent = room.free.send()  // one way: nothing waits
        room.free.send(after: .seconds(900))  // one way, later
        room.book.send("eve", at: Date(timeIntervalSince1970: 1_900_000_000))  // at a moment
        let again = try await started.value
        let key = ctx.request.id
        let answer = try await room.book
            .idempotencyKey("\(key)-book")  // calls with one key are one call
            .header("x-source", "agency")
            .named("book the suite")  // shown with the journal
            .callAsFunction("carol")
        let stay = ctx.service(Hotel.self).stay.start("dora")
        let id = try await stay.invocationID  // InvocationID<Int>: Codable, can be stored and sent
        let freed = try await sent.invocationID
        ctx.cancel(freed)  // asks it to stop
        let number = try await ctx.attach(to: id).value  // waits for its result
        let known: Int? = try await ctx.output(of: id)  // nil while it runs
        return ["\(booked)", "\(again)", "\(answer)", "\(number)", "\(known ?? 0)"]
    }

    func untyped(_ ctx: Context, guest: String) async throws -> String {
        let call = ctx.call(service: "Room", key: "room-1", handler: "book")  // or no key
        let bytes = try await call(Array("\"\(guest)\"".utf8))
        return String(decoding: bytes, as: UTF8.self)
    }

    struct API: HandlerTable {
        let shapes = handler(Agency.shapes)
        let untyped = handler(Agency.untyped)
    }
}

struct CallsPage {
    @Test func `a hotel gives each guest a room of their own`() async throws {
        try await withRestate(Endpoint(Hotel(), Room())) { restate in
            let hotel = restate.service(Hotel.self)
            let first = try await hotel.stay("ada")
            let second = try await hotel.stay("bob")
            #expect((first, second) == (1, 2))
        }
    }

    @Test func `calls of all shapes are answered`() async throws {
        try await withRestate(Endpoint(Hotel(), Room(), Agency())) { restate in
            let agency = restate.service(Agency.self)
            let answers = try await agency.shapes("ada")
            #expect(answers.prefix(2) == ["true", "false"])
            #expect(answers.suffix(2) == ["1", "1"])
            let answer = try await agency.untyped("eve")
            #expect(answer == "false")
        }
    }

    @Test func `programs outside call through the ingress`() async throws {
        var settings = LocalServerSettings()
        settings.ingressPort = 0
        settings.adminPort = 0
        let server = try await LocalServer(settings).start()
        try await server.register(Endpoint(Hotel(), Room()))
        let url = server.ingressURL
        let client = RestateClient(ingress: URL(string: url)!)
        let number = try await client.service(Hotel.self).stay.idempotencyKey("ada-1")("ada")
        let sent = try await client.service(Hotel.self).stay.send("bob")  // has an id
        let other = try await sent.attach()
        #expect((number, other) == (1, 2))
        await server.shutdown()
    }
}
