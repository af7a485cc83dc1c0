import Restate
import RestateTesting
import Testing

@testable import Nexus

struct HouseTests {
    @Test func `a sealed house has these seats and no others`() throws {
        let house = try House.sealed(["A1", "A2"])
        try house.check("A1")
        let error = #expect(throws: TerminalError.self) { try house.check("seat-1") }
        #expect(error?.code == 404)
        #expect(error?.message == "There is no seat seat-1")
        try House.open.check("seat-1000")
    }

    @Test(arguments: [
        ([], "There is no seat"), (["a", "b", "a"], "a is there twice"),
        (["a", ""], "A seat has no id"),
        (House.numbered(100_001), "There are 100001 seats, and 100000 are possible"),
    ])
    func `a list of seats that makes no sense is refused`(seats: [String], reason: String) {
        let error = #expect(throws: InvalidSeats.self) { try House.sealed(seats) }
        #expect(error?.description == reason)
    }
}

/// The services as they are for a real sale, and what of it also holds in the game.
@Suite(.timeLimit(.minutes(10))) struct SealedTests {
    private let gateway = MockGateway(chargeTime: .zero)

    private func withShop(
        _ house: House, _ body: (TestEnvironment) async throws -> Void
    ) async throws {
        var settings = NexusSettings()
        settings.house = house
        settings.mailTimeLimit = .seconds(600)
        let office = BoxOffice(settings, gateway: gateway, mailer: Outbox(mailTime: .zero))
        try await withRestate(office.endpoint) { try await body($0) }
    }

    private func refusal(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "accepted"
        } catch let error as TerminalError {
            return "\(error.code) \(error.message)"
        } catch {
            return "\(error)"
        }
    }

    private func book(_ seat: String, _ restate: TestEnvironment) async -> String {
        await refusal {
            _ = try await restate.service(Checkout.self)
                .process(OrderInput(ticketID: seat, userID: "alice"))
        }
    }

    @Test func `a seat that does not exist is refused before anything is written`() async throws {
        try await withShop(.sealed(["A1"])) { restate in
            let expected = "404 There is no seat B1"
            #expect(await book("B1", restate) == expected)
            let ticket = restate.object(Ticket.self, "B1")
            #expect(
                await refusal { _ = try await ticket.reserve(BuyerInput(userID: "alice")) }
                    == expected)
            let map = restate.object(SeatMap.self, SeatMap.key)
            #expect(
                await refusal { _ = try await map.set(SeatUpdate("B1", .sold)) } == expected)
            #expect(await restate.state(of: Ticket.self, "B1").all().isEmpty)
            #expect(await restate.state(of: SeatMap.self, SeatMap.key).all().isEmpty)
            #expect(await gateway.entries.isEmpty)
        }
    }

    @Test func `a seat or a map that does not exist is not shown as if it were free`() async throws
    {
        try await withShop(.sealed(["A1"])) { restate in
            _ = try await restate.object(Ticket.self, "A1").get()
            #expect(
                await refusal { _ = try await restate.object(Ticket.self, "B1").get() }
                    == "404 There is no seat B1")
            #expect(
                await refusal { _ = try await restate.object(SeatMap.self, "local").get() }
                    == "404 There is no seat map local")
        }
        try await withShop(.open) { restate in
            let seat = try await restate.object(Ticket.self, "B1").get()
            #expect(seat.status == .available)
            let map = try await restate.object(SeatMap.self, "local").get()
            #expect(map.count == 50)
        }
    }

    @Test func `a sold-out house stays sold out`() async throws {
        try await withShop(.sealed(["A1", "A2"])) { restate in
            for seat in ["A1", "A2"] { #expect(await book(seat, restate) == "accepted") }
            try await restate.settle()
            let map = try await restate.object(SeatMap.self, SeatMap.key).get()
            #expect(
                map == [
                    MapEntry(id: "A1", status: .sold), MapEntry(id: "A2", status: .sold),
                ])
            for seat in ["A1", "A2"] {
                #expect(await book(seat, restate) == "500 Ticket already sold")
            }
        }
    }

    @Test func `who holds a seat is told in the game only`() async throws {
        try await withShop(.sealed(["seat-1"])) { restate in
            #expect(await book("seat-1", restate) == "accepted")
            let seat = try await restate.object(Ticket.self, "seat-1").get()
            #expect(seat.status == .sold)
            #expect(seat.reservedBy == nil)
        }
        try await withShop(.open) { restate in
            #expect(await book("seat-1", restate) == "accepted")
            let seat = try await restate.object(Ticket.self, "seat-1").get()
            #expect(seat.reservedBy == "alice")
        }
    }

    @Test func `the map shows all seats of the house from the beginning`() async throws {
        try await withShop(.sealed(["B", "A2", "A10", "A1"])) { restate in
            let map = try await restate.object(SeatMap.self, SeatMap.key).get()
            #expect(map.map(\.id) == ["A1", "A2", "A10", "B"])
            #expect(map.allSatisfy { $0.status == .available })
        }
    }

    @Test func `seats that try things out end no game and leave no trace on the map`() async throws
    {
        try await withShop(.open) { restate in
            let map = restate.object(SeatMap.self, SeatMap.key)
            for number in 1...49 { _ = try await map.set(SeatUpdate("seat-\(number)", .sold)) }
            _ = try await map.set(SeatUpdate("check-1", .sold))
            let shown = try await map.get()
            #expect(shown.count { $0.status == .sold } == 50)
            _ = try await map.set(SeatUpdate("check-1", .available))
            let after = try await map.get()
            #expect(after.map(\.id) == House.open.seats)
            #expect(after.count { $0.status == .sold } == 49)
        }
    }
}
