internal import Foundation
public import Nexus
internal import Restate
internal import RestateClient

/// Takes a sale back: the money, the seat, and what the map shows of it. Done twice, it does nothing more.
public struct Refund: Sendable {
    private let reader: ShopReader
    private let gateway: any PaymentGateway
    private let ledger: LedgerReader?
    private let tell: @Sendable (String) -> Void

    /// How often an edit is tried that others get in front of: the map changes with every sale.
    private static let tries = 100

    /// - Parameters:
    ///   - ledger: the gateway's, which may know a booking that the server has forgotten; nil if there is none.
    ///   - tell: told a line for each thing that is done.
    public init(
        _ reader: ShopReader, gateway: any PaymentGateway, ledger: LedgerReader? = nil,
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.reader = reader
        self.gateway = gateway
        self.ledger = ledger
        self.tell = tell
    }

    /// - Throws: ``OperationFailed`` before anything is done if nobody knows the booking, or it is under way, or
    ///   has other seats than this one; and what keeps server or gateway from answering.
    public func callAsFunction(_ booking: String, seat: String) async throws {
        guard let id = BookingID(booking) else {
            throw OperationFailed("'\(booking)' is no booking's id")
        }
        guard try await !reader.underWay().contains(booking) else {
            throw OperationFailed(
                "\(booking) is under way: wait for its end, or cancel it with 'restate invocations "
                    + "cancel \(booking)'")
        }
        let seats = Shop(tickets: try await reader.tickets()).seats(of: booking)
        guard seats.isEmpty || seats == [seat] else {
            throw OperationFailed("\(booking) has \(seats.joined(separator: ", ")), not \(seat)")
        }
        // To void a key that was only misspelt would look as if something had been done.
        guard try await isKnown(id, seats) else {
            throw OperationFailed(
                "Nobody knows the booking \(booking): neither server nor tickets nor ledger")
        }
        let wasCharged = try await refund(booking)
        tell(wasCharged ? "\(booking) is refunded" : "\(booking) was never charged, and is voided")
        if try await free(seat, of: booking) {
            tell("\(seat) is free")
        } else {
            tell("\(seat) was not \(booking)'s any more")
        }
        if try await show(seat) {
            tell("The map shows \(seat) as AVAILABLE")
        } else {
            tell("The map needed no change")
        }
    }

    private func refund(_ booking: String) async throws -> Bool {
        do {
            return try await gateway.refund(key: booking)
        } catch let error as GatewayError where error.isForOperator {
            throw OperationFailed(
                "The gateway refunds for its operator alone, and nothing is done: give --operator-token, the "
                    + "NEXUS_OPERATOR_TOKEN with which the shop was started")
        }
    }

    /// A server forgets bookings that ended long ago; a ticket is cleared by the first half of a refund; not
    /// every gateway has a ledger for everybody.
    private func isKnown(_ booking: BookingID, _ seats: [String]) async throws -> Bool {
        if !seats.isEmpty { return true }
        if try await reader.knows(booking) { return true }
        return try await ledger?.entry(booking.text) != nil
    }

    /// Clears the ticket, if the booking has it.
    private func free(_ seat: String, of booking: String) async throws -> Bool {
        var isDone = false
        for _ in 0..<Self.tries {
            let state = try await reader.admin.state(of: Ticket.name, seat)
            let ticket = try state.entries["state"].map {
                try JSONDecoder().decode(TicketState.self, from: Data($0))
            }
            guard ticket?.bookingID == booking else { return isDone }
            try await reader.admin.replaceState(
                of: Ticket.name, seat, with: [:], version: state.version)
            isDone = true
            try await settle()
        }
        throw OperationFailed("\(seat) cannot be freed: its ticket is busy. Try again")
    }

    /// Takes the seat out of the map, if its ticket is free. Whoever buys it meanwhile changes the map
    /// first, or afterwards: then it shows that.
    private func show(_ seat: String) async throws -> Bool {
        var isDone = false
        for _ in 0..<Self.tries {
            let state = try await reader.admin.state(of: SeatMap.name, SeatMap.key)
            guard let bytes = state.entries["map"] else { return isDone }
            var map = try JSONDecoder().decode([String: SeatStatus].self, from: Data(bytes))
            guard let shown = map[seat], shown != .available,
                try await reader.tickets()[seat]?.status ?? .available == .available
            else { return isDone }
            map[seat] = nil
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var entries = state.entries
            entries["map"] = Array(try encoder.encode(map))
            try await reader.admin.replaceState(
                of: SeatMap.name, SeatMap.key, with: entries, version: state.version)
            isDone = true
            try await settle()
        }
        throw OperationFailed("The map cannot be changed: it is busy. Try again")
    }

    /// The server answers before it has done it.
    private func settle() async throws {
        try await Task.sleep(for: .milliseconds(50))
    }
}
