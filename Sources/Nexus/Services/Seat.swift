/// What the seat map shows of a seat.
public enum SeatStatus: String, Codable, Sendable {
    case available = "AVAILABLE"
    case reserved = "RESERVED"
    case sold = "SOLD"
}

/// The state of a ticket: whether its seat is taken, and by whom.
struct Seat: Equatable, Sendable {
    var status = SeatStatus.available
    var reservedBy: String?
    /// Milliseconds since 1970.
    var reservedUntil: Int64?
    /// Absent if the seat was reserved by hand.
    var bookingID: String?

    static let available = Seat()
}

/// Written by hand because of the nulls: two fields are always there, `bookingId` only if it is set.
extension Seat: Codable {
    private enum CodingKeys: String, CodingKey {
        case status, reservedBy, reservedUntil
        case bookingID = "bookingId"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        status = try fields.decode(SeatStatus.self, forKey: .status)
        reservedBy = try fields.decodeIfPresent(String.self, forKey: .reservedBy)
        reservedUntil = try fields.decodeIfPresent(Int64.self, forKey: .reservedUntil)
        bookingID = try fields.decodeIfPresent(String.self, forKey: .bookingID)
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(status, forKey: .status)
        try fields.encode(reservedBy, forKey: .reservedBy)
        try fields.encode(reservedUntil, forKey: .reservedUntil)
        try fields.encodeIfPresent(bookingID, forKey: .bookingID)
    }
}

/// What `Ticket/get` tells of a seat: everything but the booking, which is nobody's business.
public struct PublicSeat: Equatable, Sendable {
    public var status: SeatStatus
    public var reservedBy: String?
    public var reservedUntil: Int64?

    init(_ seat: Seat) {
        status = seat.status
        reservedBy = seat.reservedBy
        reservedUntil = seat.reservedUntil
    }
}

extension PublicSeat: Codable {
    private enum CodingKeys: CodingKey {
        case status, reservedBy, reservedUntil
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        status = try fields.decode(SeatStatus.self, forKey: .status)
        reservedBy = try fields.decodeIfPresent(String.self, forKey: .reservedBy)
        reservedUntil = try fields.decodeIfPresent(Int64.self, forKey: .reservedUntil)
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(status, forKey: .status)
        try fields.encode(reservedBy, forKey: .reservedBy)
        try fields.encode(reservedUntil, forKey: .reservedUntil)
    }
}

/// One reservation of a seat, for the timer that ends it.
public struct Hold: Codable, Equatable, Sendable {
    var reservedBy: String?
    var reservedUntil: Int64?
}
