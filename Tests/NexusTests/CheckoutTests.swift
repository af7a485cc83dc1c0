import EndpointSupport
import Primitives
import Restate
import RestateHTTP
import Testing

@testable import Nexus

/// The saga, step by step, with the test as the server: what it does when it is refused, cancelled
/// or lets others down. The recordings cover the plain ways.
@Suite(.timeLimit(.minutes(10)))
struct CheckoutTests {
    private let gateway = MockGateway(chargeTime: .milliseconds(20))
    private let outbox = Outbox(mailTime: .zero)

    /// On a busy machine even a quick charge may take its time.
    private static var patient: NexusSettings {
        var settings = NexusSettings()
        settings.chargeTimeLimit = .seconds(600)
        settings.mailTimeLimit = .seconds(600)
        return settings
    }

    private static let paid = ["reserve", "show RESERVED", "run process-payment"]
    private static let sold = ["confirm", "show SOLD", "run send-email"]
    private static let undone = ["release", "show AVAILABLE"]

    private func story(
        _ server: CheckoutServer, gateway: (any PaymentGateway)? = nil,
        mailer: (any Mailer)? = nil, settings: NexusSettings = patient
    ) async throws -> CheckoutServer.Story {
        let office = BoxOffice(
            settings, gateway: gateway ?? self.gateway, mailer: mailer ?? outbox)
        return try await serving(office.endpoint) { try await server.run(on: $0) }
    }

    @Test func `a booking reserves, pays, sells and tells`() async throws {
        let lines = Locked<[String]>([])
        var settings = Self.patient
        settings.log = { line in lines.withLock { $0.append(line) } }
        let story = try await story(CheckoutServer(), settings: settings)
        #expect(story.steps == Self.paid + Self.sold)
        #expect(story.end == #""Booking Confirmed""#)
        #expect(await gateway.entries.map(\.key) == [CheckoutServer.invocation])
        let mail = Mail(
            to: "alice", subject: "Booking Confirmed",
            text: "You have successfully purchased ticket seat-1.")
        #expect(await outbox.sent == [SentMail(key: CheckoutServer.invocation, mail: mail)])
        #expect(lines.withLock { $0 } == ["seat-1 booked for alice"])
    }

    @Test func `a booking whose seat is taken ends with that, and undoes nothing`() async throws {
        var server = CheckoutServer()
        server.answers["reserve"] = .refusal("Ticket already sold")
        let story = try await story(server)
        #expect(story.steps == ["reserve"])
        #expect(story.end == "500 Ticket already sold")
    }

    @Test func `a booking cancelled while it reserves is undone`() async throws {
        let story = try await story(CheckoutServer(cancelledStep: 1))
        #expect(story.steps == ["reserve"] + Self.undone)
        #expect(story.end == "409 Cancelled")
        #expect(await gateway.entries.isEmpty)
    }

    @Test(arguments: [2, 3])
    func `a booking cancelled before it is paid is refunded and undone`(
        step: Int
    ) async throws {
        let story = try await story(CheckoutServer(cancelledStep: step))
        #expect(story.steps == Self.paid.prefix(step) + ["run refund-payment"] + Self.undone)
        #expect(story.end == "409 Cancelled")
        #expect(await gateway.entries.map { $0.charges - ($0.refunded ? 1 : 0) } == [0])
        #expect(await outbox.sent.isEmpty)
    }

    /// No step is made twice: each is waited for to its end.
    @Test(arguments: [4, 5, 6])
    func `a paid booking goes on after a cancellation`(step: Int) async throws {
        let story = try await story(CheckoutServer(cancelledStep: step))
        #expect(story.steps == Self.paid + Self.sold)
        #expect(story.end == #""Booking Confirmed""#)
        #expect(await gateway.entries.map(\.charges) == [1])
        #expect(await gateway.entries.map(\.refunded) == [false])
        #expect(await outbox.sent.count == 1)
    }

    @Test(arguments: [3, 4, 5])
    func `a cancellation does not stop an undo that has begun`(step: Int) async throws {
        var server = CheckoutServer(cancelledStep: step)
        server.answers["show RESERVED"] = .refusal("no")
        let story = try await story(server)
        #expect(
            story.steps == ["reserve", "show RESERVED", "run refund-payment"] + Self.undone)
        #expect(story.end == "500 Payment failed: no")
    }

    @Test func `a cancellation does not stop the refund of a seat that was lost`() async throws {
        var server = CheckoutServer(cancelledStep: 4)
        server.answers["confirm"] = .refusal("Ticket is held by another booking")
        let story = try await story(server)
        #expect(story.steps == Self.paid + ["confirm", "run refund-payment"])
        #expect(story.end == "500 Booking failed: Ticket is held by another booking")
    }

    @Test func `a seat that was lost during the payment is refunded`() async throws {
        var server = CheckoutServer()
        server.answers["confirm"] = .refusal("Ticket is held by another booking")
        let story = try await story(server)
        #expect(story.steps == Self.paid + ["confirm", "run refund-payment"])
        #expect(story.end == "500 Booking failed: Ticket is held by another booking")
        #expect(await gateway.entries.map(\.refunded) == [true])
    }

    @Test func `a seat that is not this booking's any more is left alone`() async throws {
        var server = CheckoutServer()
        server.answers["show RESERVED"] = .refusal("no")
        server.answers["release"] = .value("false")
        let story = try await story(server)
        #expect(story.steps == ["reserve", "show RESERVED", "run refund-payment", "release"])
        #expect(story.end == "500 Payment failed: no")
    }

    @Test func `a gateway that is too slow is a time-out that is tried again`() async throws {
        var settings = NexusSettings()
        settings.chargeTimeLimit = .milliseconds(10)
        let story = try await story(
            CheckoutServer(), gateway: MockGateway(chargeTime: .seconds(60)),
            settings: settings)
        #expect(story.steps == Self.paid)
        #expect(story.end == "again: Gateway timeout")
    }

    @Test func `a mail that fails is tried again`() async throws {
        let story = try await story(
            CheckoutServer(), mailer: Outbox(mailTime: .zero, failures: 1))
        #expect(story.steps == Self.paid + Self.sold)
        #expect(story.end == "again: The mail server is busy")
    }
}
