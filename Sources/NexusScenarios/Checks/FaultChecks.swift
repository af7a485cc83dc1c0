internal import Nexus
internal import NexusOperations
internal import Restate
internal import RestateClient
internal import RestateLocal

/// A check that sets up a box office for itself, with something wrong in it.
struct FaultCheck: Sendable {
    let sentence: String
    let make: @Sendable (ScenarioTimes, Memory) async throws -> Void

    static func all(executable: String?) -> [FaultCheck] {
        [expiry, gatewayDown, mailer, mailServerDown, soldOut]
            + (executable.map { [killed(executable: $0)] } ?? [])
    }

    private static let expiry = FaultCheck(
        sentence: "an unpaid reservation expires by itself"
    ) { times, memory in
        var settings = times.settings
        settings.holdTime = .milliseconds(300)
        try await Stage.with(settings) { stage in
            let seat = await memory.freshSeat()
            let ticket = stage.place.client.object(Ticket.self, seat)
            _ = try await ticket.reserve(BuyerInput(userID: "alice"))
            try await eventually("\(seat) is free again") {
                try await stage.place.seat(seat).status == .available
            }
            try await expectBooked(seat, by: "bob", stage.place)
        }
    }

    /// What the booking comes to depends on when the gateway is back. That nobody pays for nothing
    /// does not.
    private static let gatewayDown = FaultCheck(
        sentence: "a gateway that is down for a while charges nobody for nothing"
    ) { times, memory in
        let port = try await freePort()
        try await Stage.with(times.settings, gatewayPort: port) { stage in
            let seat = await memory.freshSeat()
            let booking = try await stage.place.client.service(Checkout.self).process
                .send(OrderInput(ticketID: seat, userID: "alice"))
            // Longer than a gateway takes to start again.
            try await Task.sleep(for: .milliseconds(1200))
            try await Stage.withGateway(times.settings, port: port) { _ in
                let outcome = try await booking.outcome()
                if outcome == .booked {
                    try await expectChargedOnce(booking, stage.ledger)
                    try expectEqual(try await stage.place.seat(seat).status, .sold, seat)
                } else {
                    try expect(
                        outcome.isRefusal(with: "Payment failed", "Gateway error"),
                        "the booking ended with \(outcome)")
                    try await expectFree(seat, stage.place)
                    try await expectNothingCharged(booking, stage.ledger)
                }
                try await expectBooked(await memory.freshSeat(), by: "bob", stage.place)
            }
        }
    }

    private static let mailer = FaultCheck(
        sentence: "a mailer that fails twice still sends once"
    ) { times, memory in
        var settings = times.settings
        // On a busy machine three tries may take their time.
        settings.mailTimeLimit = .seconds(60)
        try await Stage.with(settings, failingMails: 2) { stage in
            let seat = await memory.freshSeat()
            try await expectBooked(seat, by: "alice", stage.place)
            let mails = await stage.outbox.sent
            try expectEqual(mails.count, 1, "the number of mails")
            try expectEqual(mails.first?.to, "alice", "who got the mail")
        }
    }

    private static let mailServerDown = FaultCheck(
        sentence: "a mailer that is down holds up no buyer, and still sends once"
    ) { times, memory in
        try await Stage.with(times.settings, failingMails: 4) { stage in
            let seat = await memory.freshSeat()
            try await expectBooked(seat, by: "alice", stage.place)
            try await eventually("the mail is sent") { await !stage.outbox.sent.isEmpty }
            try expectEqual(await stage.outbox.sent.map(\.to), ["alice"], "who got a mail")
        }
    }

    private static let soldOut = FaultCheck(
        sentence: "a sealed house stays sold out until a seat is refunded"
    ) { times, _ in
        var settings = times.settings
        settings.house = try .sealed(["A1", "A2"])
        try await Stage.with(settings) { stage in
            let checkout = stage.place.client.service(Checkout.self).process
            let booking = try await checkout.send(OrderInput(ticketID: "A1", userID: "alice"))
            try expectEqual(try await booking.outcome(), .booked, "the booking of A1")
            try expectEqual(
                try await stage.place.book("A2", for: "bob"), .booked, "the booking of A2")
            let late = try await stage.place.book("A1", for: "carol")
            try expect(late.isRefusal(with: "already sold"), "who comes late gets \(late)")

            guard let admin = stage.place.admin else { return }
            let reader = ShopReader(admin)
            let gateway = HTTPGateway(try GatewayURL(stage.gateway))
            for _ in 1...2 {
                try await Refund(reader, gateway: gateway, ledger: stage.ledger) { _ in }(
                    booking.id.rawValue, seat: "A1")
            }
            try expectEqual(
                try await stage.place.book("A1", for: "carol"), .booked, "the seat given back")
            let differences = Reconciliation.differences(in: try await reader.shop(stage.ledger))
            try expect(differences.isEmpty, differences.joined(separator: "; "))
        }
    }

    /// All bookings are in the middle of their payment when the endpoint's process is killed.
    private static func killed(executable: String) -> FaultCheck {
        FaultCheck(
            sentence: "an endpoint killed during ten payments changes nothing in how they end"
        ) { times, memory in
            let settings = times.withSlowPayments
            try await Stage.withGateway(settings) { gatewayPort in
                let gateway = "http://127.0.0.1:\(gatewayPort)"
                let port = try await freePort()
                let start = {
                    try OwnProcess(
                        executable: executable, port: port, gateway: gateway,
                        mailTime: settings.mailTime)
                }
                try await Stage.withServer { server in
                    var process = try start()
                    try await finally {
                        try await register(port, at: server)
                        let stage = try Stage(server, gateway: gateway, outbox: Outbox())
                        let bookings = try await beginBookings(10, stage, memory)
                        process.kill()
                        process = try start()
                        for booking in bookings { try await expectRightEnd(booking, stage) }
                    } _: {
                        process.kill()
                    }
                }
            }
        }
    }

    private typealias Payment = (
        seat: String, card: PaymentCard, call: IngressInvocation<String>
    )

    /// Every card is among them. Returns when the gateway is busy with all.
    private static func beginBookings(
        _ count: Int, _ stage: Stage, _ memory: Memory
    ) async throws -> [Payment] {
        var bookings: [Payment] = []
        for number in 0..<count {
            let seat = await memory.freshSeat()
            let card = PaymentCard.allCases[number % PaymentCard.allCases.count]
            let call = try await stage.place.client.service(Checkout.self).process
                .send(OrderInput(ticketID: seat, userID: "alice", card: card))
            bookings.append((seat, card, call))
        }
        for (seat, _, call) in bookings {
            try await eventually("\(seat) is being paid") {
                try await stage.ledger.entry(call.id.rawValue) != nil
            }
        }
        return bookings
    }

    private static func expectRightEnd(_ payment: Payment, _ stage: Stage) async throws {
        let outcome = try await payment.call.outcome()
        let complaint = "the booking of \(payment.seat) ended with \(outcome)"
        switch payment.card {
        case .success:
            try expect(outcome == .booked, complaint)
            try await expectChargedOnce(payment.call, stage.ledger)
            try expectEqual(
                try await stage.place.seat(payment.seat).status, .sold, payment.seat)
            return
        case .decline: try expect(outcome.isRefusal(with: "Payment declined"), complaint)
        case .error: try expect(outcome.isRefusal(with: "Gateway timeout"), complaint)
        }
        try await expectNothingCharged(payment.call, stage.ledger)
        try await expectFree(payment.seat, stage.place)
    }

    /// As soon as the process listens.
    private static func register(_ port: Int, at server: RunningLocalServer) async throws {
        try await eventually("the endpoint's process answers") {
            do {
                try await server.register("http://127.0.0.1:\(port)")
                return true
            } catch {
                return false
            }
        }
    }
}
