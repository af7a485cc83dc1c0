internal import Restate

/// Who may use the routes that are not for buyers.
public enum OperatorAccess: Sendable {
    /// As in the game.
    case everybody
    case holders(of: OperatorToken)
    /// A real sale whose operator has no token.
    case nobody

    /// What is answered to a request that may not be made; nil if it may.
    func refusal(of request: RouteRequest) -> RouteResponse? {
        switch self {
        case .everybody:
            return nil
        case .holders(let token):
            if token.isShown(by: request.header("authorization")) { return nil }
            var refusal = Self.refusal(
                401,
                "This is for the operator: it needs the header 'authorization: Bearer' and the token"
            )
            refusal.headers.append(("www-authenticate", "Bearer"))
            return refusal
        case .nobody:
            return Self.refusal(
                403,
                "This is for the operator of a sealed shop, who needs a token: start it with "
                    + "NEXUS_OPERATOR_TOKEN")
        }
    }

    private static func refusal(_ status: Int, _ sentence: String) -> RouteResponse {
        var response = RouteResponse.trouble(sentence, status: status)
        response.headers.append(("cache-control", "no-store"))
        return response
    }
}

extension NexusSettings {
    /// An operator's token closes the routes of an open shop, too.
    public var operatorAccess: OperatorAccess {
        operatorToken.map { .holders(of: $0) } ?? (house.isSealed ? .nobody : .everybody)
    }
}

extension Endpoint {
    /// What the operator's routes take: a charge is a line.
    static let operatorBodyLimit = 1 << 14

    /// Adds a route for those who have access to it.
    func route(
        _ method: String, _ path: String, for access: OperatorAccess,
        _ respond: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) -> Endpoint {
        let tooLarge = RouteResponse.trouble(
            "The body is over \(Self.operatorBodyLimit) bytes", status: 413)
        return route(method, path, bodyLimit: Self.operatorBodyLimit, tooLarge: tooLarge) {
            request in
            if let refusal = access.refusal(of: request) { return refusal }
            return try await respond(request)
        }
    }
}

extension RouteResponse {
    /// A refusal in the words of the gateway: `{"error"}`.
    static func trouble(_ sentence: String, status: Int) -> RouteResponse {
        (try? RouteResponse.json(GatewayAnswer(error: sentence), status: status))
            ?? .text(sentence, status: status)
    }
}
