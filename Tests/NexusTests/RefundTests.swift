import EndpointSupport
import Foundation
import Nexus
import NexusOperations
import Primitives
import Restate
import RestateClient
import RestateLocal
import Support
import Testing

/// A sealed shop with a server, looked after from outside.
@Suite(.timeLimit(.minutes(10))) struct RefundTests {
    private struct Office {
        let client: RestateClient
        let admin: RestateAdmin
        let adminURL: String
        let gatewayURL: String
        let gateway: MockGateway

        var reader: ShopReader { ShopReader(admin) }

        func book(_ seat: String, by user: String = "alice") async throws -> String {
            let booking = try await client.service(Checkout.self).process
                .send(OrderInput(ticketID: seat, userID: user))
            _ = try await booking.attach()
            return booking.id.rawValue
        }

        func refund(_ booking: String, _ seat: String) async throws -> [String] {
            let lines = Locked<[String]>([])
            let ledger = try LedgerReader(gateway: gatewayURL)
            try await Refund(reader, gateway: gateway, ledger: ledger) { line in
                lines.withLock { $0.append(line) }
            }(booking, seat: seat)
            return lines.withLock { $0 }
        }

        func differences() async throws -> [String] {
            let ledger = try LedgerReader(gateway: gatewayURL)
            return Reconciliation.differences(in: try await reader.shop(ledger))
        }

        func isFree(_ seat: String) async throws -> Bool {
            let shown = try await client.object(SeatMap.self, SeatMap.key).get()
            let ticket = try await client.object(Ticket.self, seat).get()
            return ticket.status == .available
                && shown.contains { $0.id == seat && $0.status == .available }
        }
    }

    private func withOffice(
        _ house: House, mailer: any Mailer = Outbox(mailTime: .zero),
        _ body: (Office) async throws -> Void
    ) async throws {
        let gateway = MockGateway(chargeTime: .zero)
        var shop = NexusSettings()
        shop.house = house
        var settings = LocalServerSettings()
        (settings.ingressPort, settings.adminPort) = (0, 0)
        let services = BoxOffice(shop, gateway: gateway, mailer: mailer).endpoint
            .logger(SilentLogger())
        let server = try await LocalServer(settings).start()
        try await serving(Endpoint([]).serving(gateway)) { port in
            try await server.register(services)
            try await body(
                Office(
                    client: RestateClient(ingress: #require(URL(string: server.ingressURL))),
                    admin: RestateAdmin(#require(URL(string: server.adminURL))),
                    adminURL: server.adminURL, gatewayURL: "http://127.0.0.1:\(port)",
                    gateway: gateway))
        }
        await server.shutdown()
    }

    @Test func `a refund gives back the money, the seat and its place on the map, once`()
        async throws
    {
        try await withOffice(.sealed(["A1", "A2"])) { office in
            let booking = try await office.book("A1")
            let other = try await office.book("A2")
            #expect(
                try await office.refund(booking, "A1") == [
                    "\(booking) is refunded", "A1 is free", "The map shows A1 as AVAILABLE",
                ])
            #expect(try await office.isFree("A1"))
            #expect(await office.gateway.entries.map(\.refunded) == [true, false])
            #expect(
                try await office.refund(booking, "A1") == [
                    "\(booking) is refunded", "A1 was not \(booking)'s any more",
                    "The map needed no change",
                ])
            #expect(try await office.differences() == [])

            // The next one to buy it is not affected by a third time.
            let next = try await office.book("A1", by: "bob")
            _ = try await office.refund(booking, "A1")
            let shop = try await office.reader.tickets()
            #expect(shop["A1"]?.bookingID == next)
            #expect(shop["A2"]?.bookingID == other)
            #expect(try await office.differences() == [])
        }
    }

    @Test func `a refund without the operator's token does nothing, and says what it wants`()
        async throws
    {
        try await withOffice(.open) { office in
            let booking = try await office.book("seat-4")
            let token = try OperatorToken("a-secret-of-the-operator")
            try await serving(
                Endpoint([]).serving(office.gateway, for: .holders(of: token))
            ) { port in
                let stranger = HTTPGateway(try GatewayURL("http://127.0.0.1:\(port)"))
                let refund = Refund(office.reader, gateway: stranger) { _ in }
                let error = await #expect(throws: OperationFailed.self) {
                    try await refund(booking, seat: "seat-4")
                }
                #expect(
                    error?.description.hasPrefix("The gateway refunds for its operator alone")
                        == true)
            }
            #expect(try await !office.isFree("seat-4"))
        }
    }

    @Test func `a refund for the wrong seat does nothing`() async throws {
        try await withOffice(.open) { office in
            let booking = try await office.book("seat-4")
            let error = await #expect(throws: OperationFailed.self) {
                try await office.refund(booking, "seat-3")
            }
            #expect(error?.description == "\(booking) has seat-4, not seat-3")
            #expect(await office.gateway.entries.map(\.refunded) == [false])
            #expect(try await office.differences() == [])
        }
    }

    @Test func `a booking that nobody knows is not refunded, and its key is not voided`()
        async throws
    {
        try await withOffice(.open) { office in
            let stranger = "inv_193etSPT9Gf36PDZyMrJA1cBGrBmSBmXSs"
            for (booking, complaint) in [
                (stranger, "Nobody knows the booking \(stranger)"),
                ("inv_1foo", "Nobody knows the booking inv_1foo"),
                ("foo", "'foo' is no booking's id"),
            ] {
                let error = await #expect(throws: OperationFailed.self) {
                    try await office.refund(booking, "seat-3")
                }
                #expect(error?.description.hasPrefix(complaint) == true)
            }
            let words = ["--admin-url", office.adminURL, "--gateway-url", office.gatewayURL]
            for (booking, status) in [(stranger, 1), ("foo", 2), ("inv_", 2), ("inv_1'", 2)] {
                let ended = try await EndedProcess(
                    product: "nexus", ["refund", booking, "--seat", "seat-3"] + words)
                #expect(Int(ended.status) == status, "\(booking): \(ended.complaint)")
                #expect(ended.output.isEmpty)
            }
            #expect(await office.gateway.entries.isEmpty)
            #expect(try await office.reader.tickets().isEmpty)
        }
    }

    @Test
    func
        `a refund whose first half is done is ended by the second, though the server has forgotten`()
        async throws
    {
        try await withOffice(.sealed(["A1"])) { office in
            // The ledger alone knows this key.
            let booking = "inv_193etSPT9Gf36PDZyMrJA1cBGrBmSBmXSs"
            _ = try await office.gateway.charge(100, to: .success, key: booking)
            #expect(try await office.refund(booking, "A1").first == "\(booking) is refunded")
            #expect(await office.gateway.entries.map(\.refunded) == [true])
        }
    }

    @Test func `an open shop's reconcile lists bookings that were only tried out`() async throws {
        try await withOffice(.open) { office in
            let booking = try await office.book("check-1")
            _ = try await office.client.object(Ticket.self, "check-1").cleanup()
            _ = try await office.client.object(SeatMap.self, SeatMap.key)
                .set(SeatUpdate("check-1", .available))
            let ended = try await EndedProcess(
                product: "nexus",
                ["reconcile", "--admin-url", office.adminURL, "--gateway-url", office.gatewayURL])
            #expect(ended.status == 1)
            #expect(ended.output == "\(booking) was charged 100 and has no seat\n")
        }
    }

    @Test func `a booking that is under way is not refunded`() async throws {
        let mailer = SlowMailer()
        try await withOffice(.open, mailer: mailer) { office in
            let booking = try await office.client.service(Checkout.self).process
                .send(OrderInput(ticketID: "seat-1", userID: "alice"))
            await mailer.isAsked()
            let error = await #expect(throws: OperationFailed.self) {
                try await office.refund(booking.id.rawValue, "seat-1")
            }
            #expect(error?.description.contains("is under way") == true)
            #expect(try await office.differences() == [])
            mailer.goOn()
            _ = try await booking.attach()
        }
    }

    @Test func `reconcile tells each difference and ends with status 1`() async throws {
        try await withOffice(.sealed(["A1", "A2"])) { office in
            let booking = try await office.book("A1")
            let words = [
                "--admin-url", office.adminURL, "--gateway-url", office.gatewayURL,
            ]
            let fine = try await EndedProcess(product: "nexus", ["reconcile"] + words)
            #expect(fine.status == 0)
            #expect(
                fine.output
                    == "Ledger, tickets and map agree: 1 sold, 1 charged and kept, 0 under way\n")
            _ = try await office.gateway.refund(key: booking)
            let wrong = try await EndedProcess(product: "nexus", ["reconcile"] + words)
            #expect(wrong.status == 1)
            #expect(wrong.output == "A1 is sold to \(booking), which was refunded\n")
            #expect(wrong.complaint == "nexus: 1 difference.\n")

            let mended = try await EndedProcess(
                product: "nexus", ["refund", booking, "--seat", "A1"] + words)
            #expect(mended.status == 0, "\(mended.complaint)")
            #expect(mended.output.contains("A1 is free"))
            #expect(try await office.differences() == [])
        }
    }
}

/// Sends nothing until it is told to.
private final class SlowMailer: Mailer {
    private let (asked, ask) = AsyncStream.makeStream(of: Void.self)
    private let (going, go) = AsyncStream.makeStream(of: Void.self)

    func send(_ mail: Mail, key: String) async throws {
        ask.finish()
        for await _ in going {}
    }

    func isAsked() async { for await _ in asked {} }
    func goOn() { go.finish() }
}
