public import Restate

extension Endpoint {
    /// Adds the outside parts, for endpoints of other processes and for people: `GET /effects` lists everything that
    /// was done.
    public func parts(_ parts: EffectsInMemory) -> Endpoint {
        route("GET", "/effects") { _ in try .json(parts.effects) }
            .route("POST", "/effects/{subject}/{step}") { request in
                guard let key = request.header("idempotency-key"), !key.isEmpty else {
                    return .text("The header idempotency-key is missing", status: 400)
                }
                guard let body = try? request.json(String.self) else {
                    return .text("The body must be a JSON string", status: 400)
                }
                let parameters = request.parameters
                do {
                    let tries = try await parts.record(
                        parameters["subject"] ?? "", parameters["step"] ?? "", key: key, body: body)
                    return try .json(["tries": tries])
                } catch let error as TerminalError {
                    return .text(error.message, status: Int(error.code))
                } catch {
                    return .text("\(error)", status: 503)
                }
            }
            .route("GET", "/looks/{subject}/{key}") { request in
                .text(
                    try await parts.look(
                        request.parameters["subject"] ?? "", key: request.parameters["key"] ?? ""))
            }
            .route("GET", "/buckets/{name}") { request in
                let name = request.parameters["name"] ?? ""
                let isThere = parts.effects.contains {
                    $0.subject == "buckets" && $0.step == "upload" && $0.key == name
                }
                return isThere
                    ? .text("The data of \(name)") : .text("No bucket \(name)", status: 404)
            }
    }
}
