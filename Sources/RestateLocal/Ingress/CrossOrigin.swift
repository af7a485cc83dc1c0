internal import RestateHTTP

/// Answers cross-origin requests of browsers as a server's ingress does: every origin is allowed,
/// and the requested methods and headers are mirrored.
///
/// No response header is exposed, so that a page cannot read `x-restate-id`; the same holds for a
/// server.
enum CrossOrigin {
    /// The headers that every answer to a cross-origin request has.
    static func headers(for stream: RequestStream) -> [(name: String, value: String)] {
        guard let origin = stream.header("origin") else { return [] }
        return [
            (
                "vary",
                "origin, access-control-request-method, access-control-request-headers"
            ),
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true"),
        ]
    }

    /// The answer to a preflight request.
    static func preflight(_ stream: RequestStream) -> HTTPAnswer {
        var answer = HTTPAnswer.empty(200)
        for (name, mirrored) in [
            ("access-control-request-method", "access-control-allow-methods"),
            ("access-control-request-headers", "access-control-allow-headers"),
        ] {
            if let value = stream.header(name) { answer.headers.append((mirrored, value)) }
        }
        return answer
    }
}
