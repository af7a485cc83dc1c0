import Nexus
import NexusOperations
import Testing

/// What is a difference between ledger, tickets and map, and what is none.
struct ReconciliationTests {
    private func entry(_ key: String, charges: Int = 1, refunded: Bool = false) -> LedgerEntry {
        LedgerEntry(key: key, amount: 100, asked: 1, charges: charges, refunded: refunded)
    }

    private func sold(_ booking: String?) -> TicketState {
        TicketState(.sold, by: "alice", booking: booking)
    }

    @Test func `what fits together is no difference`() {
        let shop = Shop(
            tickets: ["s-1": sold("a"), "s-2": TicketState(.available)],
            map: ["s-1": .sold, "s-3": .available],
            ledger: [entry("a"), entry("b", charges: 0), entry("c", refunded: true)])
        #expect(Reconciliation.differences(in: shop).isEmpty)
    }

    @Test func `money and seats that do not fit together are told`() {
        let shop = Shop(
            tickets: [
                "s-1": sold("a"), "s-2": sold("a"), "s-10": sold("b"), "s-9": sold("gone"),
                "s-11": sold(nil), "s-12": TicketState(.reserved, by: "bob", booking: "d"),
            ],
            map: [
                "s-1": .sold, "s-2": .sold, "s-9": .sold, "s-10": .sold, "s-11": .sold,
                "s-12": .reserved,
            ],
            ledger: [entry("a", charges: 2), entry("b", refunded: true), entry("c")])
        #expect(
            Reconciliation.differences(in: shop) == [
                "a was charged 2 times", "a has 2 seats: s-1, s-2",
                "c was charged 100 and has no seat",
                "s-9 is sold to gone, which was never charged",
                "s-10 is sold to b, which was refunded", "s-11 is sold without a booking",
                "s-12 is reserved for d, which has ended",
            ])
    }

    @Test func `a map that shows something else than the tickets is told`() {
        let shop = Shop(
            tickets: ["s-2": sold("a"), "s-10": TicketState(.available)],
            map: ["s-10": .sold, "s-3": .reserved], ledger: [entry("a")])
        #expect(
            Reconciliation.differences(in: shop) == [
                "s-2 is SOLD, and the map shows AVAILABLE",
                "s-3 is AVAILABLE, and the map shows RESERVED",
                "s-10 is AVAILABLE, and the map shows SOLD",
            ])
    }

    @Test func `what a booking under way has done so far is no difference`() {
        let shop = Shop(
            tickets: ["s-1": TicketState(.reserved, by: "alice", booking: "a"), "s-2": sold("b")],
            map: ["s-2": .reserved], ledger: [entry("a"), entry("b")], underWay: ["a", "b"])
        #expect(Reconciliation.differences(in: shop).isEmpty)
    }

    @Test func `a difference counts only if it is there when it is looked for again`() async throws
    {
        var looks = [
            Shop(map: ["s-1": .sold, "s-2": .sold]), Shop(map: ["s-2": .sold, "s-3": .sold]),
        ]
        let (differences, _) = try await Reconciliation.lasting(pause: .zero) {
            looks.removeFirst()
        }
        #expect(differences == ["s-2 is AVAILABLE, and the map shows SOLD"])
    }
}
