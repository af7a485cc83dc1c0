import Nexus
import NexusLoad
import NexusOperations
import Testing

@Suite struct LoadInvariantTests {
    @Test func `books that are right hold`() {
        let sales = [sale("seat-1", 0), sale("seat-2", 1)]
        let payments = [paid("a"), paid("b"), paid("c", refunded: true), unpaid("d")]
        let found = LoadInvariant.all(sales, LoadEvidence(payments: payments))
        #expect(found.map(\.verdict) == [.holds, .holds, .holds, .holds])
        #expect(found[0].detail == "2 confirmed, 3 charges, 1 refunds")
    }

    @Test func `a charge without a booking breaks the balance`() {
        let found = LoadInvariant.all(
            [sale("seat-1", 0)], LoadEvidence(payments: [paid("a"), paid("b")]))
        #expect(found.map(\.verdict) == [.broken, .holds, .holds, .holds])
    }

    @Test func `a booking without a charge breaks the balance`() {
        let found = LoadInvariant.all(
            [sale("seat-1", 0)], LoadEvidence(payments: [paid("a", refunded: true)]))
        #expect(found[0].verdict == .broken)
    }

    @Test func `a key that was charged twice is told`() {
        let found = LoadInvariant.all(
            [sale("seat-1", 0), sale("seat-2", 0)], LoadEvidence(payments: [paid("a", charges: 2)]))
        #expect(found.map(\.verdict) == [.holds, .broken, .holds, .holds])
        #expect(found[1].detail == "a was charged 2 times")
    }

    @Test func `a seat that was sold twice is told`() {
        let found = LoadInvariant.all(
            [sale("seat-7", 0), sale("seat-7", 1)],
            LoadEvidence(payments: [paid("a"), paid("b")]))
        #expect(found[2].verdict == .broken)
        #expect(found[2].detail == "seat-7 was sold 2 times, with 0 resets at most")
    }

    @Test func `a seat may be sold again after fifty sales, and not before`() {
        let game = (1...50).map { sale("seat-\($0)", Double($0)) }
        #expect(verdict(game + [sale("seat-7", 60)]) == .holds)
        #expect(verdict(game + [sale("seat-7", 60), sale("seat-7", 61)]) == .broken)
        // The second sale has ended before the fiftieth has begun.
        #expect(
            verdict(Array(game.dropLast()) + [sale("seat-7", 49), sale("seat-50", 70)]) == .broken)
        // A sealed house has no second game.
        #expect(verdict(game + [sale("seat-7", 60)], isSealed: true) == .broken)
    }

    @Test func `what was sold before the test counts`() {
        let before = Dictionary(
            uniqueKeysWithValues: (1...49).map { ("seat-\($0)", SeatStatus.sold) })
        #expect(verdict([sale("seat-50", 0), sale("seat-7", 1)], before) == .holds)
        #expect(verdict([sale("seat-7", 0)], before) == .broken)
        #expect(verdict([sale("seat-7", 0), sale("seat-7", 1)], before) == .broken)
        #expect(verdict([sale("seat-1", 0)], ["seat-1": .sold]) == .broken)
    }

    @Test func `a map that differs is told`() {
        let found = LoadInvariant.all(
            [], LoadEvidence(payments: [], differences: ["seat-1 is odd"]))
        #expect(found[3].verdict == .broken)
        #expect(found[3].detail == "seat-1 is odd")
    }

    @Test func `without a ledger nothing is claimed about payments`() {
        let found = LoadInvariant.all([sale("seat-1", 0)], LoadEvidence(payments: nil))
        #expect(found.map(\.verdict) == [.unknown, .unknown, .holds, .holds])
    }

    @Test func `the differences of seats leave out the charges of earlier games`() {
        let shop = Shop(
            tickets: ["seat-1": TicketState(.sold, by: "ann", booking: "b")],
            map: ["seat-1": .available], ledger: [paid("earlier")])
        #expect(
            Reconciliation.differencesOfSeats(in: shop) == [
                "seat-1 is sold to b, which was never charged",
                "seat-1 is SOLD, and the map shows AVAILABLE",
            ])
        #expect(
            Reconciliation.differencesOfMap(in: shop)
                == ["seat-1 is SOLD, and the map shows AVAILABLE"])
    }

    private func verdict(
        _ sales: [LoadSample], _ before: [String: SeatStatus] = [:], isSealed: Bool = false
    ) -> LoadInvariant.Verdict {
        let evidence = LoadEvidence(payments: nil, mapBefore: before, isSealed: isSealed)
        return LoadInvariant.all(sales, evidence)[2].verdict
    }

    private func sale(_ seat: String, _ began: Double) -> LoadSample {
        LoadSample(seat: seat, began: began, ended: began + 0.5, answer: .outcome(.confirmed))
    }

    private func paid(_ key: String, charges: Int = 1, refunded: Bool = false) -> LedgerEntry {
        LedgerEntry(key: key, amount: 100, asked: 1, charges: charges, refunded: refunded)
    }

    private func unpaid(_ key: String) -> LedgerEntry {
        LedgerEntry(key: key, amount: 100, asked: 3, charges: 0, refunded: false)
    }
}
