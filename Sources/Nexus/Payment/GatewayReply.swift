internal import Restate

/// What the gateway says over HTTP, and what it means.
package struct GatewayReply: Equatable, Sendable {
    package var status: Int
    package var body: GatewayAnswer

    package init(status: Int, body: GatewayAnswer = GatewayAnswer()) {
        self.status = status
        self.body = body
    }

    /// The id of the transaction, if the card was charged. A gateway that gives none has the key.
    package func transaction(key: String) throws -> String {
        switch status {
        case 200: return body.transactionId ?? key
        case 402: throw PaymentDeclined(body.error ?? "no reason given")
        case 503: throw GatewayError.timeout
        default: throw unexpected
        }
    }

    /// Whether something was refunded. A gateway that does not say so has done it.
    package func refunded() throws -> Bool {
        guard status == 200 else { throw unexpected }
        return body.refunded ?? true
    }

    private var unexpected: GatewayError {
        .failed("status \(status)" + (body.error.map { ", \($0)" } ?? ""))
    }
}

/// The body of a reply. What does not matter is absent.
package struct GatewayAnswer: Codable, Equatable, Sendable {
    package var success: Bool?
    package var transactionId: String?
    package var error: String?
    package var refunded: Bool?

    package init(
        success: Bool? = nil, transactionId: String? = nil, error: String? = nil,
        refunded: Bool? = nil
    ) {
        self.success = success
        self.transactionId = transactionId
        self.error = error
        self.refunded = refunded
    }

    /// What can be made out of any body; a gateway may answer in other ways than ours.
    init(reading bytes: [UInt8]) {
        self = (try? JSON.decode(GatewayAnswer.self, from: bytes)) ?? GatewayAnswer()
    }
}
