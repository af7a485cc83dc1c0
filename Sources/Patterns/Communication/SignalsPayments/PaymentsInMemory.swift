internal import Foundation
internal import Restate
internal import Synchronization

/// The stand-in for the payment provider. It knows the test cards of Stripe that the pattern speaks of.
///
/// Its events are delivered by a test, or as ``deliver(to:isRepeated:)`` says.
public final class PaymentsInMemory: PaymentProvider {
    /// An event that is to be delivered, with its signature.
    public struct Event: Sendable {
        public var body: [UInt8]
        public var signature: String
        /// The payment as it is from then on; nil if the event does not decide it.
        var decided: PaymentIntent?
    }

    private struct Memory {
        var intents: [PaymentIntent] = []
        /// The intents by idempotency key.
        var keys: [String: Int] = [:]
        var refunded: Set<String> = []
        var events: [Event] = []
        var deliver: (@Sendable (Event) -> Void)?

        mutating func tell(_ event: Event) {
            events.append(event)
            deliver?(event)
        }
    }

    static let decliningText = "Your card was declined."

    private let secret: String
    private let say: @Sendable (String) -> Void
    private let memory = Mutex(Memory())

    /// - Parameters:
    ///   - webhookSecret: with which events are signed.
    ///   - say: told one line for each effect.
    public init(
        webhookSecret: String, say: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        secret = webhookSecret
        self.say = say
    }

    /// All payments, a text each: status, amount, and whether it was paid back.
    public var summary: [String] {
        memory.withLock { memory in
            memory.intents.map {
                let end = memory.refunded.contains($0.id) ? " and refunded" : ""
                return "\($0.status) \($0.amount)\(end)"
            }
        }
    }

    /// All events, in order.
    public var events: [Event] { memory.withLock { $0.events } }

    // MARK: Payments

    public func pay(_ order: PaymentOrder, key: String) async throws -> Payment {
        let metadata = [PaymentIntent.callbackName: order.callback.rawValue]
        return try create(
            method: order.method, amount: order.amount, metadata: metadata, key: key)
    }

    func create(
        method: String, amount: Int, metadata: [String: String], key: String
    ) throws -> Payment {
        // What it is at once, and what the webhook says later.
        let (first, last): (String, String)
        switch method {
        case "pm_card_visa": (first, last) = ("succeeded", "succeeded")
        case "pm_card_visa_chargeDeclined":
            (first, last) = ("requires_payment_method", "requires_payment_method")
        case "pm_usBankAccount_success": (first, last) = ("processing", "succeeded")
        default: throw TerminalError("No such PaymentMethod: '\(method)'")
        }
        guard amount > 0 else { throw TerminalError("Invalid positive integer") }
        let payment = memory.withLock { memory in
            if let known = memory.keys[key] { return memory.intents[known] }
            let intent = PaymentIntent(
                id: "pi_\(memory.intents.count + 1)", status: first, amount: amount,
                metadata: metadata)
            memory.keys[key] = memory.intents.count
            memory.intents.append(intent)
            memory.tell(event("created", of: intent))
            var decided = intent
            decided.status = last
            let kind = last == "succeeded" ? "succeeded" : "payment_failed"
            memory.tell(event(kind, of: decided))
            say("Payment \(intent.id) of \(amount) is \(first)")
            return intent
        }
        let isDeclined = payment.status == "requires_payment_method"
        return Payment(payment, text: isDeclined ? Self.decliningText : nil)
    }

    public func takeBack(_ intent: String, key: String) async throws {
        guard let status = cancel(intent) else { throw TerminalError("No payment \(intent)") }
        switch status {
        case "canceled": return
        case "succeeded": refund(intent)
        default: throw PaymentIsBusy(status: status)
        }
    }

    /// Cancels what is not decided.
    /// - Returns: its status now; nil if there is none.
    func cancel(_ id: String) -> String? {
        memory.withLock { memory in
            guard let index = memory.intents.firstIndex(where: { $0.id == id }) else { return nil }
            guard memory.intents[index].status == "requires_payment_method" else {
                return memory.intents[index].status
            }
            memory.intents[index].status = "canceled"
            memory.tell(event("canceled", of: memory.intents[index]))
            say("Payment \(id) is canceled")
            return "canceled"
        }
    }

    func refund(_ id: String) {
        memory.withLock { memory in
            if memory.refunded.insert(id).inserted { say("Payment \(id) is refunded") }
        }
    }

    func intent(_ id: String) -> PaymentIntent? {
        memory.withLock { memory in memory.intents.first { $0.id == id } }
    }

    // MARK: Events

    /// The payment is from now on what the event says.
    public func settle(_ event: Event) {
        guard let decided = event.decided else { return }
        memory.withLock { memory in
            if let index = memory.intents.firstIndex(where: { $0.id == decided.id }),
                memory.intents[index].isOpen
            {
                memory.intents[index].status = decided.status
            }
        }
    }

    func deliver(_ deliver: @escaping @Sendable (Event) -> Void) {
        memory.withLock { $0.deliver = deliver }
    }

    private func event(_ kind: String, of intent: PaymentIntent) -> Event {
        struct Content: Encodable { var object: PaymentIntent }
        struct Body: Encodable {
            var id: String
            var type: String
            var created: Int
            var data: Content
        }
        let now = Int(Date().timeIntervalSince1970)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let body = try? encoder.encode(
            Body(
                id: "evt_\(intent.id)_\(kind)", type: "payment_intent.\(kind)", created: now,
                data: Content(object: intent)))
        let bytes = Array(body ?? Data())
        return Event(
            body: bytes, signature: PaymentEvent.signature(of: bytes, with: secret, at: now),
            decided: kind == "created" ? nil : intent)
    }
}
