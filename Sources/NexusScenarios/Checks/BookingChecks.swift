internal import Nexus

extension Check {
    /// A booking, and the commonest way in which it fails: all that is asked of a deployment that
    /// serves real buyers.
    static let essentials = [
        Check("a seat is booked, and its ticket is the buyer's") { place, memory in
            try await expectBooked(await memory.freshSeat(), by: "alice", place)
        },
        Check("a declined card leaves the seat free") { place, memory in
            let seat = await memory.freshSeat()
            let outcome = try await place.book(seat, for: "bob", card: .decline)
            try expect(
                outcome.isRefusal(with: "Payment failed", "Payment declined"),
                "the booking ended with \(outcome)")
            try await expectFree(seat, place)
        },
    ]

    static func bookings(buyers: Int) -> [Check] {
        [
            Check("a sold seat is not sold again") { place, memory in
                let seat = await memory.freshSeat()
                try await expectBooked(seat, by: "alice", place)
                let outcome = try await place.book(seat, for: "bob")
                try expect(
                    outcome.isRefusal(with: "already sold"), "the second one got \(outcome)")
                try expectEqual(
                    try await place.seat(seat).reservedBy, "alice", "the owner of \(seat)")
            },
            rush(buyers: 10), rush(buyers: buyers),
            Check("one user at two checkouts at once gets one seat once") { place, memory in
                try await expectOneWinner(
                    of: ["alice", "alice"], await memory.freshSeat(), place)
            },
            Check("a gateway that times out leaves the seat free") { place, memory in
                let seat = await memory.freshSeat()
                let outcome = try await place.book(seat, for: "carol", card: .error)
                try expect(
                    outcome.isRefusal(with: "Payment failed", "Gateway timeout"),
                    "the booking ended with \(outcome)")
                try await expectFree(seat, place)
            },
            Check("five bookings in a row all succeed") { place, memory in
                for number in 1...5 {
                    try await expectBooked(
                        await memory.freshSeat(), by: "buyer-\(number)", place)
                }
            },
            Check("the map shows each of these seats as its ticket says") { place, memory in
                let map = try await place.map()
                for seat in await memory.seats {
                    let status = try await place.seat(seat).status
                    // The map does not show seats that only try things out while they are free.
                    try expectEqual(map[seat] ?? .available, status, "\(seat) on the map")
                }
            },
        ]
    }

    private static func rush(buyers: Int) -> Check {
        Check("\(buyers) buyers at once for one seat: exactly one gets it") { place, memory in
            try await expectOneWinner(
                of: (1...buyers).map { "buyer-\($0)" }, await memory.freshSeat(), place)
        }
    }
}

// MARK: What checks expect

func expectBooked(
    _ seat: String, by user: String, _ place: Place, key: String? = nil
) async throws {
    try expectEqual(
        try await place.book(seat, for: user, key: key), .booked, "the booking of \(seat)")
    let ticket = try await place.seat(seat)
    try expectEqual(ticket.status, .sold, seat)
    try expectEqual(ticket.reservedBy, user, "the owner of \(seat)")
}

func expectFree(_ seat: String, _ place: Place) async throws {
    try expectEqual(try await place.seat(seat).status, .available, seat)
    let shown = try await place.map()[seat]
    try expect(shown == .available || shown == nil, "\(seat) is \(shown as Any) on the map")
}

private func expectOneWinner(of users: [String], _ seat: String, _ place: Place) async throws {
    let winners = try await withThrowingTaskGroup { group in
        for user in users {
            group.addTask { (user, try await place.book(seat, for: user)) }
        }
        var winners: [String] = []
        for try await (user, outcome) in group {
            if outcome == .booked {
                winners.append(user)
            } else {
                try expect(
                    outcome.isRefusal(with: "already sold")
                        || outcome.isRefusal(with: "currently reserved"),
                    "\(user) got \(outcome)")
            }
        }
        return winners
    }
    try expectEqual(winners.count, 1, "the number of those who got \(seat)")
    let ticket = try await place.seat(seat)
    try expectEqual(ticket.status, .sold, seat)
    try expectEqual(ticket.reservedBy, winners.first, "the owner of \(seat)")
}
