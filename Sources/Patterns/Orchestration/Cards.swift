internal import Restate

/// Payments by card. The stand-in knows two cards that behave badly.
extension OutsideEffects {
    private static var refused: String { "4111111111111111" }
    private static var failing: String { "4000000000000119" }

    /// Charges a card, once for a key.
    /// - Throws: a ``TerminalError`` if the card is refused.
    func charge(_ card: PaymentInfo, key: String) async throws {
        if card.cardNumber == Self.refused {
            try await perform(
                "payments", "refuse", key: key,
                saying: "This payment should never be accepted! Aborting booking.")
            throw TerminalError("This payment could not be accepted!")
        }
        if card.cardNumber == Self.failing {
            let message = "A payment failure happened! Will retry..."
            guard try await record("payments", "fail", key: key, body: message) > 2 else {
                throw RetryableError(message)
            }
        }
        try await perform(
            "payments", "charge", key: key, saying: "Payment \(key) of \(card.amount) made")
    }

    /// Pays back what was charged with the key, also if that happens later.
    func refund(_ key: String) async throws {
        try await perform("payments", "refund", key: key, saying: "Payment \(key) refunded")
    }
}
