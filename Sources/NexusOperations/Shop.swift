public import Nexus

/// What there is to know of a shop at one moment: its tickets, its map, the ledger, and who is still
/// buying.
public struct Shop: Sendable {
    /// By the seat's id. Seats that nobody ever touched are not there.
    public var tickets: [String: TicketState]
    /// By the seat's id.
    public var map: [String: SeatStatus]
    public var ledger: [LedgerEntry]
    /// The bookings that have not ended: what they have done so far fits together later.
    public var underWay: Set<String>

    public init(
        tickets: [String: TicketState] = [:], map: [String: SeatStatus] = [:],
        ledger: [LedgerEntry] = [], underWay: Set<String> = []
    ) {
        self.tickets = tickets
        self.map = map
        self.ledger = ledger
        self.underWay = underWay
    }

    /// The seats that a booking has, sold or reserved, ordered.
    public func seats(of booking: String) -> [String] {
        tickets.filter { $0.value.bookingID == booking && $0.value.status != .available }
            .map(\.key).sorted()
    }
}

/// What a ticket's state says.
public struct TicketState: Codable, Equatable, Sendable {
    public var status: SeatStatus
    public var reservedBy: String?
    /// Absent if the seat was taken by hand.
    public var bookingID: String?

    private enum CodingKeys: String, CodingKey {
        case status, reservedBy
        case bookingID = "bookingId"
    }

    public init(_ status: SeatStatus, by user: String? = nil, booking: String? = nil) {
        self.status = status
        reservedBy = user
        bookingID = booking
    }
}
