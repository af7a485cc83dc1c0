/// How a booking ended, as the metrics count it.
public enum BookingOutcome: String, CaseIterable, Sendable {
    case confirmed
    /// Somebody else has the seat for good.
    case sold
    /// Somebody else holds the seat.
    case reserved
    case declined
    case gatewayTimeout = "gateway_timeout"
    /// The payment failed in another way.
    case paymentFailed = "payment_failed"
    /// The seat was lost during the payment, which was refunded.
    case lost
    case cancelled
    case badInput = "bad_input"
    case noSeat = "no_seat"
    case other

    /// By the texts that clients look for, too.
    init(code: Int, message: String) {
        self =
            switch (code, message) {
            case (400, _): .badInput
            case (404, _): .noSeat
            case (409, _): .cancelled
            case (_, "Ticket already sold"): .sold
            case (_, "Ticket is currently reserved"): .reserved
            case (_, let text) where text.hasPrefix("Payment failed: Payment declined"): .declined
            case (_, "Payment failed: Gateway timeout"): .gatewayTimeout
            case (_, let text) where text.hasPrefix("Payment failed: "): .paymentFailed
            case (_, let text) where text.hasPrefix("Booking failed: "): .lost
            case (_, _): .other
            }
    }
}
