import Foundation
import Nexus
import Restate
import RestateTesting

/// What happens at the box office, to be performed with crashes.
enum NexusStories {
    static let seat = "seat-7"

    static let all = [
        checkout("a checkout sells the seat", .success),
        checkout("a declined card leaves the seat free", .decline),
        checkout("a gateway that does not answer leaves the seat free", .error),
        twoBuyers, hold, handover, seatMap, game,
    ]

    private static func checkout(_ name: String, _ card: PaymentCard) -> Story {
        Story(name) {
            let office = Office()
            return Scene(office.endpoint) { restate in
                office.replaceClock(restate)
                let answer = await office.book("alice", card, restate)
                return try await office.books(restate, answer)
            } whenCancelled: { restate in
                try await office.demandFairness(restate)
            }
        }
    }

    private static let twoBuyers = Story("a sold seat is not sold again") {
        let office = Office()
        return Scene(office.endpoint) { restate in
            office.replaceClock(restate)
            let first = await office.book("alice", .success, restate)
            let second = await office.book("bob", .success, restate)
            return try await office.books(restate, first, second)
        } whenCancelled: { restate in
            try await office.demandFairness(restate)
        }
    }

    private static let hold = Story("a seat that nobody pays is free after its time") {
        let office = Office()
        return Scene(office.endpoint) { restate in
            office.replaceClock(restate)
            let ticket = restate.object(Ticket.self, seat)
            _ = try await ticket.reserve(BuyerInput(userID: "alice"))
            let held = try await ticket.get().status
            try await restate.clock.advance(by: .seconds(900))
            return try await office.books(restate, "\(held)")
        }
    }

    private static let handover = Story("a ticket goes from hand to hand") {
        let office = Office()
        return Scene(office.endpoint) { restate in
            office.replaceClock(restate)
            let ticket = restate.object(Ticket.self, seat)
            _ = try await ticket.reserve(BuyerInput(userID: "alice"))
            _ = try await ticket.confirm()
            let sold = try await ticket.get()
            _ = try await ticket.release()
            _ = try await ticket.cleanup()
            return try await office.books(restate, sold.reservedBy ?? "nobody")
        }
    }

    private static let seatMap = Story("the map shows what it is told") {
        let office = Office()
        return Scene(office.endpoint) { restate in
            let map = restate.object(SeatMap.self, SeatMap.key)
            for status in [SeatStatus.reserved, .sold] {
                _ = try await map.set(SeatUpdate(seat, status))
            }
            let shown = try await map.get()
            try await map.reset()
            return [shown, try await map.get()]
        }
    }

    private static let game = Story("a new game frees all seats") {
        let office = Office()
        return Scene(office.endpoint) { restate in
            office.replaceClock(restate)
            let answer = await office.book("alice", .success, restate)
            try await restate.object(SeatMap.self, SeatMap.key).resetAll()
            try await restate.settle()
            return try await office.books(restate, answer)
        }
    }
}

/// A box office with fakes that take no time.
struct Office {
    let gateway = MockGateway(chargeTime: .zero)
    let outbox = Outbox(mailTime: .zero)

    var endpoint: Endpoint {
        var settings = NexusSettings()
        // On a busy machine a mail may take its time.
        settings.mailTimeLimit = .seconds(600)
        return Endpoint(BoxOffice(settings, gateway: gateway, mailer: outbox).services)
    }

    /// The step reads the real clock, which is another one in each performance.
    func replaceClock(_ restate: TestEnvironment) {
        let now = restate.clock.now
        restate.replace("now") { Int64(now.timeIntervalSince1970 * 1000) }
    }

    func book(_ user: String, _ card: PaymentCard, _ restate: TestEnvironment) async -> String {
        do {
            return try await restate.service(Checkout.self).process(
                OrderInput(ticketID: NexusStories.seat, userID: user, card: card))
        } catch {
            return "\(error)"
        }
    }

    /// What must be the same, whatever crashes: but for how often the gateway was asked.
    func books(_ restate: TestEnvironment, _ answers: String...) async throws -> [String] {
        try await restate.settle()
        let seat = try await restate.object(Ticket.self, NexusStories.seat).get()
        let entries = await gateway.entries.map { "\($0.key) \($0.charges) \($0.refunded)" }
        let mails = await outbox.sent.map { "\($0.to): \($0.text)" }
        return answers + ["\(seat.status) \(seat.reservedBy ?? "")"] + entries + mails
    }

    /// Who pays has the seat, and who has it has paid; the map says the same.
    func demandFairness(_ restate: TestEnvironment) async throws {
        let seat = try await restate.object(Ticket.self, NexusStories.seat).get()
        let paid = await gateway.entries.filter { $0.charges == 1 && !$0.refunded }
        try Story.demand(
            paid.count == (seat.status == .sold ? 1 : 0),
            "the seat is \(seat.status), and paid \(paid.count) times")
        try Story.demand(seat.status != .reserved, "the seat stays reserved")
        let map = try await restate.object(SeatMap.self, SeatMap.key).get()
        let shown = map.first { $0.id == NexusStories.seat }?.status
        try Story.demand(shown == seat.status, "the map shows \(shown as Any)")
    }
}
