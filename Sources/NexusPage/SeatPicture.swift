internal import Nexus

/// What is known of the seats at a moment.
struct SeatPicture: Equatable, Sendable {
    struct Seat: Equatable, Sendable {
        var id: String
        var status: SeatStatus
        /// Who has it; nil if that is not known, as in a shop that tells nobody.
        var holder: String?
        /// Until when it is held, in milliseconds since 1970.
        var until: Int64?
    }

    var seats: [Seat] = []
    /// Why nothing newer is known; nil if all is well.
    var trouble: PageTrouble?
}

/// Why the page cannot say what is true now.
enum PageTrouble: String, Codable, Sendable {
    /// The server does not answer, or not in time.
    case unreachable
    /// The server does not know the box office yet.
    case unregistered
    /// The server does not take the token.
    case unauthorized
}

/// What a visitor is told of the seats: all of them, or those that have changed.
struct SeatNews: Codable, Equatable, Sendable {
    struct Seat: Codable, Equatable, Sendable {
        var id: String
        var status: SeatStatus
        var until: Int64?
        /// Absent if that is not known.
        var mine: Bool?
    }

    /// The time here, in milliseconds since 1970: the visitor's clock may be wrong.
    var now: Int64
    var seats: [Seat]
}

extension SeatPicture {
    func seen(by userID: String) -> [SeatNews.Seat] {
        seats.map { seat in
            let isTaken = seat.status != .available
            return SeatNews.Seat(
                id: seat.id, status: seat.status, until: seat.until,
                mine: isTaken ? seat.holder.map { $0 == userID } : false)
        }
    }
}

/// The seats that differ; nil if there are other seats than before.
func changes(from old: [SeatNews.Seat], to new: [SeatNews.Seat]) -> [SeatNews.Seat]? {
    guard old.count == new.count, zip(old, new).allSatisfy({ $0.id == $1.id }) else { return nil }
    return zip(old, new).filter { $0 != $1 }.map { $1 }
}
