#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import Restate

/// An event of the payment provider whose signature is right.
struct PaymentEvent: Codable, Sendable {
    private static let deciding: Set<String> = [
        "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
    ]
    /// How old a signature may be, in seconds.
    static let patience = 300

    /// The payment, if the event decides it.
    let decided: PaymentIntent?

    /// - Parameter signature: the header `stripe-signature`, such as `t=1492774577,v1=5257a8…`. While a secret is
    ///   being replaced it has several `v1`.
    /// - Throws: a ``TerminalError`` if it was not signed with the secret, or too long ago.
    init(
        _ body: [UInt8], signed signature: String, with secret: String,
        at now: Int = Int(Date().timeIntervalSince1970)
    ) throws(TerminalError) {
        let parts = signature.split(separator: ",").map {
            $0.split(separator: "=", maxSplits: 1).map(String.init)
        }
        let values = { (name: String) in
            parts.filter { $0.first == name && $0.count == 2 }.map { $0[1] }
        }
        guard let text = values("t").first, let time = Int(text) else {
            throw Self.refusal("The signature has no time")
        }
        let signed = Array("\(time).".utf8) + body
        let codes = values("v1")
        guard
            codes.contains(where: {
                HMACSHA256.isValid(hex: $0, of: signed, key: Array(secret.utf8))
            })
        else { throw Self.refusal("No signature matches the body") }
        guard now.subtractingReportingOverflow(time).partialValue <= Self.patience else {
            throw Self.refusal("The signature is too old")
        }
        do {
            decided = try Self.decision(in: body)
        } catch {
            throw Self.refusal("The body is no event: \(JSONMistake(error))")
        }
    }

    private static func decision(in body: [UInt8]) throws -> PaymentIntent? {
        struct Kind: Decodable { var type: String }
        struct Event: Decodable { var data: Content }
        struct Content: Decodable { var object: PaymentIntent }
        let body = Data(body)
        guard deciding.contains(try JSONDecoder().decode(Kind.self, from: body).type) else {
            return nil
        }
        return try JSONDecoder().decode(Event.self, from: body).data.object
    }

    private static func refusal(_ why: String) -> TerminalError {
        badInput("Webhook Error: \(why)")
    }

    /// The header that a provider sends with an event.
    static func signature(of body: [UInt8], with secret: String, at time: Int) -> String {
        let signed = Array("\(time).".utf8) + body
        return "t=\(time),v1=\(HMACSHA256.hex(of: signed, key: Array(secret.utf8)))"
    }
}
