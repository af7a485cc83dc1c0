public import Nexus
internal import Restate

/// How a booking may end under load. Every other answer is an error.
public enum LoadOutcome: String, CaseIterable, Codable, Sendable {
    case confirmed
    case alreadySold = "already sold"
    case reserved = "currently reserved"
    case declined
    case gatewayTimeout = "gateway time-out"
    case lost = "lost and refunded"
    /// The gateway did not answer at all. It is expected only while the test itself kills gateways.
    case gatewayDown = "gateway down"
}

/// The answer to one booking: an outcome that may be, or a text that may not.
public enum LoadAnswer: Equatable, Sendable {
    case outcome(LoadOutcome)
    case error(String)

    /// Reads what the checkout returned or threw.
    ///
    /// - Parameters:
    ///   - card: how the user paid. A card that must be declined may not buy a seat, and none but that
    ///     one may be declined.
    ///   - gatewayMayBeDown: whether the test kills gateways.
    public init(
        _ result: Result<String, any Error>, card: PaymentCard, gatewayMayBeDown: Bool = false
    ) {
        switch result {
        case .success("Booking Confirmed") where card == .success: self = .outcome(.confirmed)
        case .success(let text): self = .error("'\(text)' with \(card.rawValue)")
        case .failure(let refusal as TerminalError):
            let outcome = Self.outcome(refusal.message, card)
            if let outcome, outcome != .gatewayDown || gatewayMayBeDown {
                self = .outcome(outcome)
            } else {
                self = .error("\(refusal.message) (\(card.rawValue))")
            }
        case .failure(let error): self = .error("\(error)")
        }
    }

    private static func outcome(_ message: String, _ card: PaymentCard) -> LoadOutcome? {
        switch message {
        case "Ticket already sold": .alreadySold
        case "Ticket is currently reserved": .reserved
        case "Payment failed: Gateway timeout": .gatewayTimeout
        case _ where message.hasPrefix("Payment failed: Payment declined: "):
            card == .decline ? .declined : nil
        case _ where message.hasPrefix("Payment failed: Gateway error: "): .gatewayDown
        case _ where message.hasPrefix("Booking failed: "): .lost
        default: nil
        }
    }
}
