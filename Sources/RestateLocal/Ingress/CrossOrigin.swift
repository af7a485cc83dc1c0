internal import RestateHTTP

/// Cross-origin requests from browsers: all are allowed, whatever they ask for is mirrored.
///
/// No header is exposed, so a page cannot read `x-restate-id`; the server does not expose it either.
enum CrossOrigin {
    /// The headers that every answer to such a request has.
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

    /// The answer to the question that a browser asks before the request.
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
