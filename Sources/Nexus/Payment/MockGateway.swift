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

    /// - Parameter chargeTime: how long each charge takes.
    public init(chargeTime: Duration = .milliseconds(500)) {
        self.chargeTime = chargeTime
    }

    public func charge(_ amount: Int, to card: PaymentCard, key: String) async throws -> String {
        try await reply(toCharge: amount, card, key: key).transaction(key: key)
    }

    public func refund(key: String) async throws -> Bool {
        try reply(toRefund: key).refunded()
    }

    /// What is said over HTTP.
    public func reply(toCharge amount: Int, _ card: PaymentCard, key: String) async -> GatewayReply
    {
        ledger.ask(key, amount: amount)
        // A client that goes away does not stop a charge: the task of its own is never cancelled.
        await Task { [chargeTime] in try? await Task.sleep(for: chargeTime) }.value
        let id = UUID().uuidString.lowercased()
        let settlement = ledger.settle(key, amount: amount, card: card, transaction: id)
        switch settlement {
        case .charged(let transaction):
            return GatewayReply(
                status: 200, body: GatewayAnswer(success: true, transactionId: transaction))
        case .insufficientFunds:
            return GatewayReply(status: 402, body: GatewayAnswer(error: "Insufficient funds"))
        case .voided:
            return GatewayReply(status: 402, body: GatewayAnswer(error: "Payment voided"))
        case .timeout:
            return GatewayReply(status: 503, body: GatewayAnswer(error: "Gateway timeout"))
        }
    }

    public func reply(toRefund key: String) -> GatewayReply {
        GatewayReply(status: 200, body: GatewayAnswer(refunded: ledger.void(key)))
    }

    public var entries: [LedgerEntry] {
        ledger.entries
    }
}
