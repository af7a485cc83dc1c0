internal import Restate

/// Who takes a seat: a user by hand, or one booking of a user.
///
/// A checkout takes it as a booking, so that the same person at two checkouts at once gets one seat
/// once.
struct Buyer: Equatable, Sendable {
    var userID: String
    /// Nil for a user who reserves by hand.
    var bookingID: String?
}

/// A buyer as a caller wrote it: a user id as a plain text, or a booking
/// `{"userId", "bookingId"}`. Any JSON can be read; what is wrong with it is said afterwards.
public struct BuyerInput: Sendable {
    private enum Form {
        /// `{}`, which callers send where there is nothing to send.
        case empty
        case user(String)
        case booking(userID: String?, bookingID: String?)
    }

    private let form: Form

    public init(userID: String) {
        form = .user(userID)
    }

    public init(userID: String, bookingID: String) {
        form = .booking(userID: userID, bookingID: bookingID)
    }

    /// The buyer, of whom at least the user must be known.
    func buyer() throws(TerminalError) -> Buyer {
        switch form {
        case .empty:
            return Buyer(userID: try checked(nil, "userId"))
        case .user(let id):
            return Buyer(userID: try checked(id, "userId"))
        case .booking(let userID, let bookingID):
            return Buyer(
                userID: try checked(userID, "userId"),
                bookingID: try checked(bookingID, "bookingId"))
        }
    }

    /// The booking if there is one. A plain user is not enough here.
    func booking() throws(TerminalError) -> Buyer? {
        switch form {
        case .empty: return nil
        case .user: return Buyer(userID: try checked(nil, "userId"))
        case .booking: return try buyer()
        }
    }
}

extension BuyerInput: Codable {
    private enum CodingKeys: String, CodingKey {
        case userID = "userId"
        case bookingID = "bookingId"
    }

    public init(from decoder: any Decoder) throws {
        // The plain text first: it is the usual one, and an error that is only caught costs.
        if let id = try? decoder.singleValueContainer().decode(String.self) {
            form = .user(id)
        } else if let fields = try? decoder.container(keyedBy: CodingKeys.self) {
            let (userID, bookingID) = (fields.text(.userID), fields.text(.bookingID))
            // A booking with a misspelt field must not pass for none: that would free the seat.
            let isEmpty = userID == nil && bookingID == nil && !hasFields(decoder)
            form = isEmpty ? .empty : .booking(userID: userID, bookingID: bookingID)
        } else {
            form = .booking(userID: nil, bookingID: nil)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch form {
        case .empty:
            _ = encoder.container(keyedBy: CodingKeys.self)
        case .user(let id):
            var container = encoder.singleValueContainer()
            try container.encode(id)
        case .booking(let userID, let bookingID):
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encodeIfPresent(userID, forKey: .userID)
            try fields.encodeIfPresent(bookingID, forKey: .bookingID)
        }
    }
}

/// Whether an object has any field at all, of whatever name.
private func hasFields(_ decoder: any Decoder) -> Bool {
    struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
    return (try? decoder.container(keyedBy: AnyKey.self).allKeys.isEmpty) == false
}
