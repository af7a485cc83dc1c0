internal import Foundation

/// What the gateway says over HTTP, and what it means.
public struct GatewayReply: Equatable, Sendable {
    public var status: Int
    public var body: GatewayAnswer

    public init(status: Int, body: GatewayAnswer = GatewayAnswer()) {
        self.status = status
        self.body = body
    }

    /// The id of the transaction, if the card was charged. A gateway that gives none has the key.
    public func transaction(key: String) throws -> String {
        switch status {
        case 200: return body.transactionId ?? key
        case 402: throw PaymentDeclined(body.error ?? "no reason given")
        case 503: throw GatewayError.timeout
        default: throw unexpected
        }
    }

    /// Whether something was refunded. A gateway that does not say so has done it.
    public func refunded() throws -> Bool {
        guard status == 200 else { throw unexpected }
        return body.refunded ?? true
    }

    private var unexpected: GatewayError {
        var error = GatewayError.failed("status \(status)" + (body.error.map { ", \($0)" } ?? ""))
        error.isForOperator = [401, 403].contains(status)
        return error
    }
}

/// The body of a reply. What does not matter is absent.
public struct GatewayAnswer: Codable, Equatable, Sendable {
    public var success: Bool?
    public var transactionId: String?
    public var error: String?
    public var refunded: Bool?

    public init(
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
        self = (try? JSONDecoder().decode(Self.self, from: Data(bytes))) ?? GatewayAnswer()
    }
}
