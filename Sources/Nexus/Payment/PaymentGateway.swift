/// Moves the money. Everything is done under a key, which makes asking again harmless.
public protocol PaymentGateway: Sendable {
    /// Charges a card, at most once per key.
    ///
    /// - Returns: the transaction's id, the same one for the same key.
    /// - Throws: ``PaymentDeclined`` for good; anything else may pass and is tried again.
    func charge(_ amount: Int, to card: PaymentCard, key: String) async throws -> String

    /// Gives back what was charged under the key, and voids it: a charge that is still under way or
    /// comes later is refused.
    ///
    /// - Returns: whether something was charged, however often it is asked.
    func refund(key: String) async throws -> Bool
}

/// The cards there are. Their names say what happens to them.
public enum PaymentCard: String, CaseIterable, Codable, Sendable {
    case success = "card_success"
    case decline = "card_decline"
    case error = "card_error"
}

/// The gateway will not charge this card, however often it is asked.
public struct PaymentDeclined: Error, Equatable, Sendable {
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}

/// Trouble with the gateway that may pass. Whether it charged is not known.
public struct GatewayError: Error, Equatable, CustomStringConvertible, Sendable {
    public let description: String
    /// Whether it does this only for its operator, who has shown no token or another one.
    public var isForOperator = false

    /// It did not answer in time, or says so of its own bank.
    public static let timeout = GatewayError(description: "Gateway timeout")

    /// It could not be reached, or its answer is none.
    public static func failed(_ reason: String) -> GatewayError {
        GatewayError(description: "Gateway error: \(reason)")
    }
}
