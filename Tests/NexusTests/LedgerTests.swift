import Testing

@testable import Nexus

final class LedgerTests {
    private var ledger = Ledger()

    private func charge(
        _ key: String, _ card: PaymentCard = .success, id: String = "t"
    ) -> Ledger.Settlement {
        ledger.ask(key, amount: 100)
        return ledger.settle(key, amount: 100, card: card, transaction: id)
    }

    private func void(_ key: String) -> Bool {
        ledger.void(key)
    }

    @Test func `the same key is charged once and keeps its transaction`() {
        #expect(charge("a", id: "1") == .charged(transaction: "1"))
        #expect(charge("a", id: "2") == .chargedBefore(transaction: "1"))
        #expect(charge("b", id: "3") == .charged(transaction: "3"))
        #expect(
            ledger.entries == [
                LedgerEntry(key: "a", amount: 100, asked: 2, charges: 1, refunded: false),
                LedgerEntry(key: "b", amount: 100, asked: 1, charges: 1, refunded: false),
            ])
    }

    @Test func `two charges under way with one key are one`() {
        ledger.ask("a", amount: 100)
        ledger.ask("a", amount: 100)
        let first = ledger.settle("a", amount: 100, card: .success, transaction: "1")
        let second = ledger.settle("a", amount: 100, card: .success, transaction: "2")
        #expect(first == .charged(transaction: "1"))
        #expect(second == .chargedBefore(transaction: "1"))
        #expect(ledger.entries.map(\.charges) == [1])
    }

    @Test func `a declined card and a gateway in trouble charge nothing`() {
        #expect(charge("a", .decline) == .insufficientFunds)
        #expect(charge("b", .error) == .timeout)
        #expect(ledger.entries.map(\.charges) == [0, 0])
        // What failed may be tried again under its key.
        #expect(charge("b", id: "2") == .charged(transaction: "2"))
    }

    @Test func `a void after the charge refunds it, however often it is asked`() {
        #expect(charge("a") == .charged(transaction: "t"))
        #expect(void("a"))
        #expect(void("a"))
        #expect(
            ledger.entries == [
                LedgerEntry(key: "a", amount: 100, asked: 1, charges: 1, refunded: true)
            ])
    }

    @Test func `a key that was refunded keeps its transaction and is not charged again`() {
        #expect(charge("a", id: "1") == .charged(transaction: "1"))
        #expect(void("a"))
        #expect(charge("a", id: "2") == .chargedBefore(transaction: "1"))
        #expect(
            ledger.entries == [
                LedgerEntry(key: "a", amount: 100, asked: 2, charges: 1, refunded: true)
            ])
    }

    @Test func `a gateway in trouble does not know of voids`() {
        #expect(!void("a"))
        #expect(charge("a", .error) == .timeout)
        #expect(charge("a") == .voided)
    }

    @Test func `a void before the charge refuses it`() {
        #expect(!void("a"))
        #expect(charge("a") == .voided)
        #expect(charge("a", .decline) == .voided)
        #expect(!void("a"))
        #expect(
            ledger.entries == [
                LedgerEntry(key: "a", amount: 100, asked: 2, charges: 0, refunded: false)
            ])
    }

    @Test func `a void during the charge refuses it`() {
        ledger.ask("a", amount: 100)
        #expect(!void("a"))
        let settlement = ledger.settle("a", amount: 100, card: .success, transaction: "1")
        #expect(settlement == .voided)
        #expect(ledger.entries.map(\.charges) == [0])
    }

    @Test func `a key that was used is of its amount, and one that was only voided of none`() {
        #expect(!ledger.isOfOtherAmount("a", 100))
        _ = charge("a", .decline)
        #expect(!ledger.isOfOtherAmount("a", 100))
        #expect(ledger.isOfOtherAmount("a", 101))
        _ = void("b")
        #expect(!ledger.isOfOtherAmount("b", 7))
    }

    @Test func `of two charges in the file the first one counts, as it did when they were written`()
    {
        let ledger = Ledger([
            .asked(key: "k", amount: 9), .charged(key: "k", amount: 9, transaction: "t"),
            .asked(key: "k", amount: 7), .charged(key: "k", amount: 7, transaction: "t"),
        ])
        #expect(ledger.entries.map(\.amount) == [9])
        #expect(ledger.entries.map(\.charges) == [1])
    }
}
