public import Restate

/// Where the gateway is found over HTTP.
public enum GatewayPath {
    public static let charge = "/api/mock-payment"
    public static let refund = "/api/mock-payment/refunds"
    public static let ledger = "/api/mock-payment/ledger"
    static let key = "idempotency-key"
}

/// The body of a charge.
struct ChargeRequest: Codable {
    var amount: Int
    var paymentMethodId: PaymentCard
}

extension Endpoint {
    /// Serves a gateway beside the handlers, for those who have access to it.
    public func serving(
        _ gateway: MockGateway, for access: OperatorAccess = .everybody
    ) -> Endpoint {
        route("POST", GatewayPath.charge, for: access) { request in
            guard let key = request.header(GatewayPath.key), !key.isEmpty else {
                return keyIsMissing
            }
            guard let charge = try? request.json(ChargeRequest.self), charge.amount > 0 else {
                return badRequest(
                    "The body must be {\"amount\": a positive integer, \"paymentMethodId\": one of "
                        + PaymentCard.allCases.map(\.rawValue).joined(separator: ", ") + "}")
            }
            let reply = await gateway.reply(
                toCharge: charge.amount, charge.paymentMethodId, key: key)
            return try RouteResponse.json(reply.body, status: reply.status)
        }
        .route("POST", GatewayPath.refund, for: access) { request in
            guard let key = request.header(GatewayPath.key), !key.isEmpty else {
                return keyIsMissing
            }
            let reply = await gateway.reply(toRefund: key)
            return try RouteResponse.json(reply.body, status: reply.status)
        }
        .route("GET", GatewayPath.ledger, for: access) { _ in
            try RouteResponse.json(await gateway.entries)
        }
    }
}

private var keyIsMissing: RouteResponse { badRequest("The header 'idempotency-key' is missing") }

private func badRequest(_ reason: String) -> RouteResponse {
    .trouble(reason, status: 400)
}
