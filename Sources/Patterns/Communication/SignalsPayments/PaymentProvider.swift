public import Restate

/// A payment provider of Stripe's form.
public protocol PaymentProvider: Sendable {
    /// Makes a payment, once for a key.
    /// - Throws: a ``TerminalError`` if the provider refuses the request itself.
    func pay(_ order: PaymentOrder, key: String) async throws -> Payment

    /// Cancels a payment that is not decided, and pays back one that has succeeded.
    /// - Parameter key: the one with which it was made.
    /// - Throws: an ordinary error if neither can be done yet.
    func takeBack(_ intent: String, key: String) async throws
}

/// What is to be paid.
public struct PaymentOrder: Sendable {
    public var method: String
    /// In cents.
    public var amount: Int
    /// Is completed by the webhook of the decision.
    public var callback: AwakeableID<PaymentIntent>

    public init(method: String, amount: Int, callback: AwakeableID<PaymentIntent>) {
        self.method = method
        self.amount = amount
        self.callback = callback
    }
}

/// A payment as the provider shows it. Other members are ignored.
public struct PaymentIntent: Codable, Equatable, Sendable {
    static let callbackName = "restate_callback_id"

    public var id: String
    /// `succeeded`, `processing`, `requires_payment_method`, `canceled` and others.
    public var status: String
    public var amount: Int
    public var currency: String
    public var metadata: [String: String]?

    public init(
        id: String, status: String, amount: Int, currency: String = "usd",
        metadata: [String: String]? = nil
    ) {
        self.id = id
        self.status = status
        self.amount = amount
        self.currency = currency
        self.metadata = metadata
    }

    /// Whether it is decided later.
    var isOpen: Bool { status == "processing" }
    var callback: AwakeableID<PaymentIntent>? {
        metadata?[Self.callbackName].map { AwakeableID($0) }
    }
}

/// The answer to an order, with the provider's text if it was declined at once.
public struct Payment: Codable, Sendable {
    public var intent: PaymentIntent
    public var text: String?

    public init(_ intent: PaymentIntent, text: String? = nil) {
        self.intent = intent
        self.text = text
    }

    /// - Throws: a ``TerminalError`` if it was declined.
    func demandSuccess() throws(TerminalError) {
        switch intent.status {
        case "succeeded": return
        case "requires_payment_method", "canceled":
            let reason = text.map { " - \($0)" } ?? ""
            throw TerminalError("Payment declined: \(intent.status)\(reason)")
        default: throw TerminalError("Unhandled status: \(intent.status)")
        }
    }
}
