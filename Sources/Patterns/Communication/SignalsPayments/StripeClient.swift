internal import Foundation
internal import Restate

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// Speaks to Stripe, or to the stand-in.
public struct StripeClient: PaymentProvider {
    private static let version = "2023-10-16"

    private let url: String
    private let secretKey: String

    /// - Parameter url: `https://api.stripe.com`, or where the parts are served.
    public init(_ url: String = "https://api.stripe.com", secretKey: String) {
        self.url = url
        self.secretKey = secretKey
    }

    private struct Failure: Decodable {
        struct Content: Decodable {
            var type: String?
            var message: String?
            var payment_intent: PaymentIntent?
        }

        var error: Content
    }

    public func pay(_ order: PaymentOrder, key: String) async throws -> Payment {
        let answer = try await post(
            "payment_intents",
            [
                ("amount", "\(order.amount)"), ("currency", "usd"),
                ("payment_method", order.method), ("confirm", "true"),
                ("confirmation_method", "automatic"),
                // Where the payer would be sent to after a check by the bank.
                ("return_url", "https://restate.dev/"),
                ("metadata[\(PaymentIntent.callbackName)]", order.callback.rawValue),
            ], key: key)
        if answer.status == 200 {
            return Payment(try JSONDecoder().decode(PaymentIntent.self, from: answer.body))
        }
        let failure = failure(of: answer)
        if failure?.type == "card_error", let intent = failure?.payment_intent {
            return Payment(intent, text: failure?.message)
        }
        throw error(answer, failure)
    }

    public func takeBack(_ intent: String, key: String) async throws {
        let cancelled = try await post("payment_intents/\(intent)/cancel", [], key: "\(key)/cancel")
        if cancelled.status == 200 { return }
        let failure = failure(of: cancelled)
        switch failure?.payment_intent?.status {
        case "canceled": return
        case "succeeded":
            let refund = try await post(
                "refunds", [("payment_intent", intent)], key: "\(key)/refund")
            if refund.status != 200 { throw error(refund, self.failure(of: refund)) }
        // It may be decided in a moment.
        case let status?: throw PaymentIsBusy(status: status)
        case nil: throw error(cancelled, failure)
        }
    }

    private func failure(of answer: Exchange) -> Failure.Content? {
        try? JSONDecoder().decode(Failure.self, from: answer.body).error
    }

    /// A refusal is final but for those that say that it may be tried again.
    private func error(_ answer: Exchange, _ failure: Failure.Content?) -> any Error {
        let text = failure?.message ?? "The payment provider answers \(answer.status)"
        let isFinal = 400..<500 ~= answer.status && ![409, 429].contains(answer.status)
        return isFinal ? TerminalError(text) : RetryableError(text)
    }

    private func post(
        _ path: String, _ fields: [(String, String)], key: String
    ) async throws -> Exchange {
        guard let address = URL(string: "\(url)/v1/\(path)") else {
            throw TerminalError("\(url) is no address")
        }
        var request = URLRequest(url: address)
        request.httpMethod = "POST"
        request.setValue("Bearer \(secretKey)", forHTTPHeaderField: "authorization")
        request.setValue(key, forHTTPHeaderField: "idempotency-key")
        request.setValue(Self.version, forHTTPHeaderField: "stripe-version")
        request.setValue(
            "application/x-www-form-urlencoded", forHTTPHeaderField: "content-type")
        let escaped = { (text: String) in
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        let body = fields.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
        request.httpBody = Data(body.utf8)
        return try await Exchange.answer(to: request)
    }
}

/// A payment can be neither cancelled nor paid back yet.
struct PaymentIsBusy: Error, CustomStringConvertible {
    let status: String

    var description: String { "The payment cannot be cancelled while it is \(status)" }
}
