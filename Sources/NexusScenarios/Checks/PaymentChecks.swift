internal import Nexus
internal import NexusOperations
internal import Restate
internal import RestateClient

extension Check {
    /// What happens while a card is being charged. They ask the gateway's ledger.
    static let payments = [
        Check("a booking cancelled during the payment leaves a free seat and no charge") {
            place, memory in
            let ledger = try neededLedger(place)
            guard let admin = place.admin else {
                throw CheckSkipped(description: "needs --admin-url")
            }
            let seat = await memory.freshSeat()
            let booking = try await place.beginPaying(seat, for: "alice", ledger)
            try await admin.cancel(booking.id)
            let outcome = try await booking.outcome()
            try expect(
                outcome.isRefusal(with: "ancel"), "the cancelled booking ended with \(outcome)")
            try await expectFree(seat, place)
            // The charge that was under way ends after the booking, and must come to nothing.
            try await Task.sleep(for: .milliseconds(800))
            try await expectNothingCharged(booking, ledger)
        },
        Check("a seat that is lost during the payment is refunded") { place, memory in
            let ledger = try neededLedger(place)
            let seat = await memory.freshSeat()
            let booking = try await place.beginPaying(seat, for: "alice", ledger)
            let ticket = place.client.object(Ticket.self, seat)
            _ = try await ticket.release()
            _ = try await ticket.reserve(BuyerInput(userID: "bob"))
            let outcome = try await booking.outcome()
            try expect(
                outcome.isRefusal(with: "Booking failed", "held by another booking"),
                "the booking ended with \(outcome)")
            try expectEqual(
                try await place.seat(seat).reservedBy, "bob", "the holder of \(seat)")
            try await expectNothingCharged(booking, ledger)
        },
    ]
}

private func neededLedger(_ place: Place) throws -> LedgerReader {
    guard let ledger = place.ledger else {
        throw CheckSkipped(description: "needs --gateway-url, for the gateway's ledger")
    }
    return ledger
}

/// No charge that was not given back, also if one comes late.
func expectNothingCharged(
    _ booking: IngressInvocation<String>, _ ledger: LedgerReader
) async throws {
    guard let entry = try await ledger.entry(booking.id.rawValue) else { return }
    try expect(
        entry.charges == 0 || entry.refunded, "\(entry.key) was charged and not refunded")
}

/// Charged once, however often it was asked for, and kept.
func expectChargedOnce(
    _ booking: IngressInvocation<String>, _ ledger: LedgerReader
) async throws {
    let entry = try await ledger.entry(booking.id.rawValue)
    try expectEqual(entry?.charges, 1, "the number of charges of \(booking.id)")
    try expectEqual(entry?.refunded, false, "the refund of \(booking.id)")
}
