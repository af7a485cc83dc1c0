internal import Foundation
public import Restate

extension Endpoint {
    /// Adds the stand-in for the payment provider, with Stripe's paths, forms and errors.
    public func payments(_ provider: PaymentsInMemory) -> Endpoint {
        route("POST", "/v1/payment_intents") { request in
            let form = Form(request.body)
            do {
                let payment = try provider.create(
                    method: form["payment_method"] ?? "",
                    amount: form["amount"].flatMap(Int.init) ?? 0,
                    metadata: form.members(of: "metadata"),
                    key: request.header("idempotency-key") ?? UUID().uuidString)
                guard let text = payment.text else { return try .json(payment.intent) }
                return try PaymentRefusal(
                    type: "card_error", message: text, payment_intent: payment.intent
                ).response(402)
            } catch let error as TerminalError {
                return try PaymentRefusal(message: error.message).response(400)
            }
        }
        .route("POST", "/v1/payment_intents/{id}/cancel") { request in
            let id = request.parameters["id"] ?? ""
            guard let status = provider.cancel(id), let intent = provider.intent(id) else {
                return try PaymentRefusal(message: "No such payment_intent: '\(id)'").response(404)
            }
            if status == "canceled" { return try .json(intent) }
            let text =
                "You cannot cancel this PaymentIntent because it has a status of \(status)."
            return try PaymentRefusal(message: text, payment_intent: intent).response(400)
        }
        .route("POST", "/v1/refunds") { request in
            let id = Form(request.body)["payment_intent"] ?? ""
            guard let intent = provider.intent(id) else {
                return try PaymentRefusal(message: "No such payment_intent: '\(id)'").response(404)
            }
            provider.refund(id)
            return try .json(["payment_intent": intent.id, "status": "succeeded"])
        }
    }
}

/// An error as the provider writes it.
private struct PaymentRefusal: Encodable {
    var type = "invalid_request_error"
    var message: String
    var payment_intent: PaymentIntent?

    func response(_ status: Int) throws -> RouteResponse {
        try .json(["error": self], status: status)
    }
}

/// The fields of a form, `a=1&b%5Bc%5D=2`.
private struct Form {
    private let fields: [String: String]

    init(_ body: [UInt8]) {
        let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? ""
            }
        }
        let named = pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }
        fields = Dictionary(named, uniquingKeysWith: { $1 })
    }

    subscript(name: String) -> String? { fields[name] }

    /// What stands in brackets behind a name, with its values.
    func members(of name: String) -> [String: String] {
        let members = fields.compactMap { field, value in
            field.hasPrefix("\(name)[") && field.hasSuffix("]")
                ? (String(field.dropFirst(name.count + 1).dropLast()), value) : nil
        }
        return Dictionary(members, uniquingKeysWith: { $1 })
    }
}
