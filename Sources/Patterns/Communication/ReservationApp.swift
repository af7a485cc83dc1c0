public import Restate
public import RestateClient

extension Endpoint {
    /// Adds the ordinary program of the pattern `durablerpc`: a plain HTTP server that reserves products
    /// through the ingress.
    ///
    /// The client makes a request again when its connection is lost: the idempotency key removes the
    /// duplicates.
    public func reservations(through client: RestateClient) -> Endpoint {
        route("POST", "/reserve/{productId}/{reservationId}") { request in
            let product = request.parameters["productId"] ?? ""
            let reservation = request.parameters["reservationId"] ?? ""
            do {
                let isOurs = try await client.object(Product.self, product)
                    .reserve.idempotencyKey(reservation)()
                return try .json(isOurs)
            } catch let error as TerminalError {
                return .text(error.message, status: Int(error.code))
            } catch let error as IngressError {
                return .text(error.message, status: error.status ?? status(of: error))
            }
        }
    }
}

/// The status for an error to which the ingress has said nothing.
private func status(of error: IngressError) -> Int {
    // An id that cannot be sent never can be.
    error.code == .invalidRequest ? 400 : 503
}
