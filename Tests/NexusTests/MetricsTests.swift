import EndpointSupport
import Restate
import RestateTesting
import Support
import Testing

@testable import Nexus

/// What an operator sees of the box office.
@Suite(.timeLimit(.minutes(10))) struct MetricsTests {
    private func lines(_ endpoint: Endpoint) async throws -> [String] {
        try await serving(endpoint) { port in
            let reply = try await ask(port, "GET", "/metrics")
            #expect(reply.status == 200)
            return reply.body.split(separator: "\n").map(String.init)
        }
    }

    @Test func `bookings, payments, refunds and seats are counted`() async throws {
        var settings = NexusSettings()
        settings.mailTimeLimit = .seconds(600)
        settings.chargeTimeLimit = .seconds(600)
        let endpoint = BoxOffice(
            settings, gateway: MockGateway(chargeTime: .zero), mailer: Outbox(mailTime: .zero)
        ).endpoint
        try await withRestate(endpoint, TestSettings { $0.retries = .asDeclared }) { restate in
            let checkout = restate.service(Checkout.self)
            for (seat, card) in [
                ("seat-1", PaymentCard.success), ("seat-1", .success), ("seat-2", .decline),
                ("seat-3", .error), ("", .success),
            ] {
                _ = try? await checkout.process(
                    OrderInput(ticketID: seat, userID: "alice", card: card))
            }
            _ = try await restate.object(Ticket.self, "seat-4").reserve(
                BuyerInput(userID: "bob"))
            try await restate.clock.advance(by: .seconds(901))
            try await restate.settle()
        }
        let lines = try await lines(endpoint)
        for line in [
            #"nexus_bookings_total{outcome="confirmed"} 1"#,
            #"nexus_bookings_total{outcome="sold"} 1"#,
            #"nexus_bookings_total{outcome="declined"} 1"#,
            #"nexus_bookings_total{outcome="gateway_timeout"} 1"#,
            #"nexus_bookings_total{outcome="bad_input"} 1"#,
            #"nexus_bookings_total{outcome="lost"} 0"#,
            #"nexus_payment_seconds_count{result="charged"} 1"#,
            #"nexus_payment_seconds_count{result="declined"} 1"#,
            #"nexus_payment_seconds_count{result="failed"} 3"#, "nexus_refunds_total 1",
            "nexus_expiries_total 1", "nexus_holds_open 0", "nexus_seats_sold 1",
            "nexus_mails_waiting 0",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        // The SDK's own are there, too.
        #expect(
            lines.contains { $0.hasPrefix("restate_attempts_begun_total{service=\"Checkout\"") })
        #expect(
            Set(lines.filter { $0.hasPrefix("# TYPE") }).count
                == lines.count { $0.hasPrefix("# TYPE") })
    }

    @Test func `a mail waits until it is sent`() async throws {
        let office = BoxOffice(
            gateway: MockGateway(chargeTime: .zero), mailer: Outbox(mailTime: .zero, failures: 4))
        let endpoint = office.endpoint
        try await withRestate(endpoint, TestSettings { $0.retries = .asDeclared }) { restate in
            let mail = WaitingMail(Mail(to: "alice", subject: "s", text: "t"), key: "a")
            try await restate.service(MailService.self).deliver.send(mail)
            try await restate.clock.advance(by: .milliseconds(100))
            #expect(try await lines(endpoint).contains("nexus_mails_waiting 1"))
            try await restate.clock.advance(by: .seconds(60))
            #expect(try await lines(endpoint).contains("nexus_mails_waiting 0"))
        }
    }

    @Test(arguments: [
        (500, "Payment failed: Gateway error: status 418", BookingOutcome.paymentFailed),
        (500, "Booking failed: Ticket is held by another booking", .lost),
        (409, "Cancelled", .cancelled),
        (404, "There is no seat B1", .noSeat), (500, "What is this", .other),
    ])
    func `each way in which a booking ends has a name`(
        code: Int, message: String, outcome: BookingOutcome
    ) {
        #expect(BookingOutcome(code: code, message: message) == outcome)
    }

    @Test func `a refusal over HTTP has HTTP's reason phrase`() async throws {
        try await serving(Endpoint([]).serving(MockGateway(chargeTime: .zero))) { port in
            let socket = try RawSocket(port: port)
            let body = #"{"amount":100,"paymentMethodId":"card_decline"}"#
            socket.send(
                "POST /api/mock-payment HTTP/1.1\r\nhost: a\r\nidempotency-key: k\r\n"
                    + "content-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n\(body)")
            let answer = String(decoding: await socket.read(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 402 Payment Required\r\n"))
        }
    }
}
