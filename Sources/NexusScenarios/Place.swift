public import Nexus
internal import NexusOperations
internal import Restate
public import RestateClient

/// Where the checks are made: a box office behind an ingress, with what else can be asked there.
public struct Place: Sendable {
    public let client: RestateClient
    /// Nil where invocations cannot be cancelled.
    public let admin: RestateAdmin?
    /// The gateway's books; nil if it is not known where they are.
    let ledger: LedgerReader?

    /// - Parameters:
    ///   - gateway: an address like `http://localhost:9095`, for its ledger.
    ///   - operatorToken: for a ledger that wants it.
    public init(
        client: RestateClient, admin: RestateAdmin? = nil, gateway: String? = nil,
        operatorToken: OperatorToken? = nil
    ) throws {
        self.client = client
        self.admin = admin
        ledger = try gateway.map { try LedgerReader(gateway: $0, token: operatorToken) }
    }

    // MARK: What buyers do

    /// Books a seat. A refusal is an outcome; what keeps the ingress from answering is thrown.
    func book(
        _ seat: String, for user: String, card: PaymentCard? = nil, key: String? = nil
    ) async throws -> Outcome {
        var process = client.service(Checkout.self).process
        if let key { process = process.idempotencyKey(key) }
        do {
            return .confirmed(
                try await process(OrderInput(ticketID: seat, userID: user, card: card)))
        } catch let error as TerminalError {
            return .refused(error.message)
        }
    }

    /// Begins a booking, and returns when the gateway has been asked to charge the card.
    func beginPaying(
        _ seat: String, for user: String, _ ledger: LedgerReader
    ) async throws -> IngressInvocation<String> {
        let booking = try await client.service(Checkout.self).process
            .send(OrderInput(ticketID: seat, userID: user))
        try await eventually("the gateway is asked to charge for \(seat)") {
            try await ledger.entry(booking.id.rawValue) != nil
        }
        return booking
    }

    func seat(_ seat: String) async throws -> PublicSeat {
        try await client.object(Ticket.self, seat).get()
    }

    func map() async throws -> [String: SeatStatus] {
        let entries = try await client.object(SeatMap.self, SeatMap.key).get()
        return Dictionary(entries.map { ($0.id, $0.status) }, uniquingKeysWith: { $1 })
    }
}

/// How a booking ends.
enum Outcome: Equatable {
    case confirmed(String)
    case refused(String)

    static let booked = Outcome.confirmed("Booking Confirmed")

    /// A refusal whose text has all of these in it.
    func isRefusal(with texts: String...) -> Bool {
        guard case .refused(let message) = self else { return false }
        return texts.allSatisfy { message.contains($0) }
    }
}

extension IngressInvocation<String> {
    /// Waits for the end of a booking.
    func outcome() async throws -> Outcome {
        do {
            return .confirmed(try await attach())
        } catch let error as TerminalError {
            return .refused(error.message)
        }
    }
}
