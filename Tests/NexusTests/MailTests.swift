import Foundation
import Restate
import RestateTesting
import Testing

@testable import Nexus

/// What becomes of a mail, and that its buyer does not wait for it.
@Suite(.timeLimit(.minutes(10))) struct MailTests {
    private func withShop(
        _ mailer: any Mailer, patience: Duration = .seconds(600),
        _ body: (TestEnvironment) async throws -> Void
    ) async throws {
        var settings = NexusSettings()
        settings.chargeTime = .zero
        settings.mailTimeLimit = patience
        let office = BoxOffice(settings, mailer: mailer)
        let retries = TestSettings { $0.retries = .asDeclared }
        try await withRestate(office.endpoint, retries) { try await body($0) }
    }

    private func book(_ restate: TestEnvironment) async throws -> String {
        try await restate.service(Checkout.self)
            .process(OrderInput(ticketID: "seat-1", userID: "alice"))
    }

    @Test func `a mail that fails thrice is sent later, once, and its buyer has the answer before`()
        async throws
    {
        let outbox = Outbox(mailTime: .zero, failures: 5)
        try await withShop(outbox) { restate in
            let start = restate.clock.now
            let answer = try await book(restate)
            #expect(answer == "Booking Confirmed")
            #expect(restate.clock.now.timeIntervalSince(start) <= 2)
            #expect(await outbox.sent.isEmpty)
            try await restate.clock.advance(by: .seconds(60))
            #expect(await outbox.sent.map(\.to) == ["alice"])
        }
    }

    @Test func `a mail that fails twice is sent before the answer`() async throws {
        let outbox = Outbox(mailTime: .zero, failures: 2)
        try await withShop(outbox) { restate in
            let answer = try await book(restate)
            #expect(answer == "Booking Confirmed")
            #expect(await outbox.sent.count == 1)
        }
    }

    @Test func `a mail is tried for a day`() {
        let policy = MailService.retries
        var interval = policy.initialInterval ?? .zero
        var sum = Duration.zero
        for _ in 1..<(policy.maxAttempts ?? 0) {
            sum += interval
            interval = min(interval * (policy.factor ?? 1), policy.maxInterval ?? interval)
        }
        #expect(sum >= .seconds(86_400))
        #expect(sum < .seconds(2 * 86_400))
        #expect(policy.onMaxAttempts == .pause)
    }

    @Test func `a mailer that does not come to an end is given up while the buyer waits`()
        async throws
    {
        let outbox = Outbox(mailTime: .seconds(600))
        try await withShop(outbox, patience: .milliseconds(400)) { restate in
            let answer = try await book(restate)
            #expect(answer == "Booking Confirmed")
            #expect(await outbox.sent.isEmpty)
        }
    }

    @Test func `three tries and the pauses between them take no longer than the buyer waits`() {
        let patience = MailPatience(.seconds(2))
        #expect(patience.retries.maxAttempts == 3)
        #expect(patience.retries.maxDuration == .seconds(2))
        #expect(patience.eachTry == .milliseconds(550))
        #expect(patience.eachTry * 3 + patience.retries.initialInterval * 3 < .seconds(2))
    }

    @Test(arguments: [
        ("alice@example.com", true), ("a.b+c@mail.example", true), ("alice", false), ("@", false),
        ("a@b@c", false), ("a@b\r\nRCPT TO:<c@d>", false), ("a b@c", false), ("<a@b>", false),
        ("å@b", false), ("a@", false), ("-f@b", false), ("a@\u{0}b", false), ("", false),
    ])
    func `only a plain address gets mail by SMTP`(text: String, isAddress: Bool) {
        #expect(MailAddress.isOne(text) == isAddress)
    }
}
