internal import Foundation
internal import Nexus

/// Compares what the gateway has charged with what was sold, and what was sold with what the map shows.
public enum Reconciliation {
    /// A sentence for each difference. What a booking under way has done so far is none.
    public static func differences(in shop: Shop) -> [String] {
        payments(shop) + tickets(shop) + map(shop)
    }

    /// Without the charges that have no seat: in an open shop those are the sales of earlier games.
    public static func differencesOfSeats(in shop: Shop) -> [String] { tickets(shop) + map(shop) }

    /// Only what the map shows, for those who see no bookings.
    public static func differencesOfMap(in shop: Shop) -> [String] { map(shop) }

    /// The differences that are still there when they are looked for again: a booking may have ended
    /// between two looks at different places.
    ///
    /// - Parameter pause: between the looks.
    public static func lasting(
        pause: Duration = .seconds(1), _ look: () async throws -> Shop
    ) async throws -> (differences: [String], shop: Shop) {
        let first = try await look()
        let found = differences(in: first)
        guard !found.isEmpty else { return ([], first) }
        try await Task.sleep(for: pause)
        let again = try await look()
        let still = Set(differences(in: again))
        return (found.filter(still.contains), again)
    }

    private static func payments(_ shop: Shop) -> [String] {
        shop.ledger.flatMap { entry -> [String] in
            guard entry.charges > 0, !shop.underWay.contains(entry.key) else { return [] }
            var found: [String] = []
            if entry.charges > 1 { found.append("\(entry.key) was charged \(entry.charges) times") }
            let seats = shop.seats(of: entry.key).filter { shop.tickets[$0]?.status == .sold }
            if seats.count > 1 {
                found.append(
                    "\(entry.key) has \(seats.count) seats: \(seats.joined(separator: ", "))")
            }
            if seats.isEmpty, !entry.refunded {
                found.append("\(entry.key) was charged \(entry.amount) and has no seat")
            }
            return found
        }
    }

    private static func tickets(_ shop: Shop) -> [String] {
        let entries = Dictionary(shop.ledger.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        return ordered(shop.tickets).compactMap { seat, ticket in
            guard let booking = ticket.bookingID else {
                return ticket.status == .sold ? "\(seat) is sold without a booking" : nil
            }
            guard !shop.underWay.contains(booking) else { return nil }
            switch ticket.status {
            case .available:
                return nil
            case .reserved:
                return "\(seat) is reserved for \(booking), which has ended"
            case .sold:
                guard let entry = entries[booking], entry.charges > 0 else {
                    return "\(seat) is sold to \(booking), which was never charged"
                }
                return entry.refunded ? "\(seat) is sold to \(booking), which was refunded" : nil
            }
        }
    }

    private static func map(_ shop: Shop) -> [String] {
        let seats = Set(shop.tickets.keys).union(shop.map.keys)
        return ordered(seats.map { ($0, ()) }).compactMap { seat, _ in
            let ticket = shop.tickets[seat]
            if let booking = ticket?.bookingID, shop.underWay.contains(booking) { return nil }
            let (status, shown) = (ticket?.status ?? .available, shop.map[seat] ?? .available)
            guard status != shown else { return nil }
            return "\(seat) is \(status.rawValue), and the map shows \(shown.rawValue)"
        }
    }

    /// As people count: `seat-2` before `seat-10`.
    private static func ordered<Value>(
        _ seats: some Sequence<(key: String, value: Value)>
    ) -> [(key: String, value: Value)] {
        seats.sorted { $0.key.compare($1.key, options: .numeric) == .orderedAscending }
    }
}
