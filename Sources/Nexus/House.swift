internal import Restate

/// Which seats there are, and what a sold-out house means.
///
/// Open, as by default, it is a game: whoever likes calls every handler, any id can be booked, and the
/// fiftieth sale starts anew. Sealed it is a real sale: buyers can only buy and look, other seats do not
/// exist, and sold out is sold out.
public struct House: Sendable {
    /// One reference, because each call of a handler copies its service.
    private let plan: Plan

    private final class Plan: Sendable {
        let isSealed: Bool
        let seats: [String]
        let known: Set<String>

        init(isSealed: Bool, _ seats: [String]) {
            self.isSealed = isSealed
            self.seats = seats
            known = Set(seats)
        }
    }

    public var isSealed: Bool { plan.isSealed }
    /// The seats that the map always shows.
    public var seats: [String] { plan.seats }

    /// How many seats a house may have: the whole map is one entry of state.
    public static let limit = 100_000

    /// The game, with its fifty seats.
    public static let open = House(isSealed: false, numbered(50))

    private init(isSealed: Bool, _ seats: [String]) {
        plan = Plan(isSealed: isSealed, seats)
    }

    /// A real sale of these seats.
    ///
    /// - Throws: ``InvalidSeats`` if there are none or too many, or one is named twice or not at all.
    public static func sealed(_ seats: [String]) throws(InvalidSeats) -> House {
        guard !seats.isEmpty else { throw InvalidSeats("There is no seat") }
        guard seats.count <= limit else {
            throw InvalidSeats("There are \(seats.count) seats, and \(limit) are possible")
        }
        var seen: Set<String> = []
        for seat in seats {
            guard !seat.isEmpty else { throw InvalidSeats("A seat has no id") }
            guard seen.insert(seat).inserted else { throw InvalidSeats("\(seat) is there twice") }
        }
        return House(isSealed: true, seats)
    }

    /// `seat-1` and so on.
    public static func numbered(_ count: Int) -> [String] {
        count < 1 ? [] : (1...count).map { "seat-\($0)" }
    }

    /// - Throws: a terminal error 404 if there is no such seat.
    func check(_ seat: String) throws(TerminalError) {
        guard !plan.isSealed || plan.known.contains(seat) else {
            throw TerminalError("There is no seat \(seat)", code: 404)
        }
    }
}

/// What is wrong with a list of seats, as a sentence without its full stop.
public struct InvalidSeats: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
