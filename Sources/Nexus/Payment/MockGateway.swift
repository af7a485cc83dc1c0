#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A gateway that moves no money but keeps its books like one that does.
///
/// It charges a key once, lets every charge take its time, and remembers what it was told to void
/// even while a charge is under way.
public actor MockGateway: PaymentGateway {
    private var ledger = Ledger()
    private let chargeTime: Duration
    private let log: @Sendable (String) -> Void
    private let trouble: @Sendable (String) -> Void
    /// Nil if the ledger lives no longer than the process.
    private let book: Book<Ledger.Event>?

    /// - Parameters:
    ///   - chargeTime: how long each charge takes.
    ///   - log: told one line per charge and refund, from any thread.
    public init(
        chargeTime: Duration = .milliseconds(500),
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.chargeTime = chargeTime
        self.log = log
        trouble = { _ in }
        book = nil
    }

    /// A gateway that keeps its ledger in a folder, and goes on from what is there: what it has answered is
    /// on the disk.
    ///
    /// - Parameters:
    ///   - patience: with a folder that another process has.
    ///   - trouble: told why the ledger cannot be written, from any thread.
    /// - Throws: ``BookError`` if the folder cannot be used, or another process uses it.
    public init(
        chargeTime: Duration = .milliseconds(500), keptIn folder: String,
        patience: FolderPatience = .none, log: @escaping @Sendable (String) -> Void = { _ in },
        trouble: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.chargeTime = chargeTime
        self.log = log
        self.trouble = trouble
        let (book, events) = try Book<Ledger.Event>.open(
            "ledger.jsonl", in: folder, patience: patience)
        self.book = book
        ledger = Ledger(events)
    }

    public func charge(_ amount: Int, to card: PaymentCard, key: String) async throws -> String {
        try await reply(toCharge: amount, card, key: key).transaction(key: key)
    }

    public func refund(key: String) async throws -> Bool {
        try await reply(toRefund: key).refunded()
    }

    /// What is said over HTTP.
    public func reply(toCharge amount: Int, _ card: PaymentCard, key: String) async -> GatewayReply
    {
        if ledger.isOfOtherAmount(key, amount) {
            log("\(key) refused: it was used for another amount")
            return GatewayReply(
                status: 409, body: GatewayAnswer(error: "The key was used for another amount"))
        }
        ledger.ask(key, amount: amount)
        do {
            try await book?.add(.asked(key: key, amount: amount))
        } catch {
            return unwritten(error)
        }
        // A client that goes away does not stop a charge: the task of its own is never cancelled.
        await Task { [chargeTime] in try? await Task.sleep(for: chargeTime) }.value
        let id = UUID().uuidString.lowercased()
        let settlement = ledger.settle(key, amount: amount, card: card, transaction: id)
        switch settlement {
        case .charged(let transaction):
            do {
                try await book?.add(
                    .charged(key: key, amount: amount, transaction: transaction))
            } catch {
                return unwritten(error)
            }
            log("\(key) charged \(amount)")
            return Self.charged(transaction)
        case .chargedBefore(let transaction):
            do {
                // The line of that charge may be on its way only.
                try await book?.written()
            } catch {
                return unwritten(error)
            }
            log("\(key) was charged before")
            return Self.charged(transaction)
        case .insufficientFunds:
            log("\(key) declined")
            return GatewayReply(status: 402, body: GatewayAnswer(error: "Insufficient funds"))
        case .voided:
            log("\(key) refused: it was voided before")
            return GatewayReply(status: 402, body: GatewayAnswer(error: "Payment voided"))
        case .timeout:
            log("\(key) not charged: time-out")
            return GatewayReply(status: 503, body: GatewayAnswer(error: "Gateway timeout"))
        }
    }

    public func reply(toRefund key: String) async -> GatewayReply {
        let wasCharged = ledger.void(key)
        do {
            try await book?.add(.voided(key: key))
        } catch {
            return unwritten(error)
        }
        log("\(key) \(wasCharged ? "refunded" : "voided")")
        return GatewayReply(status: 200, body: GatewayAnswer(refunded: wasCharged))
    }

    private static func charged(_ transaction: String) -> GatewayReply {
        GatewayReply(
            status: 200, body: GatewayAnswer(success: true, transactionId: transaction))
    }

    /// Nothing is promised that is not written down. Why not is the operator's business: buyers read the reply.
    private func unwritten(_ error: any Error) -> GatewayReply {
        trouble("\(error)")
        return GatewayReply(
            status: 500, body: GatewayAnswer(error: "Its books cannot be written"))
    }

    public var entries: [LedgerEntry] {
        ledger.entries
    }
}
