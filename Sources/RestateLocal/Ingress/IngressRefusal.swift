internal import CanonicalJSON
internal import RestateHTTP
internal import RestateRuntime
internal import Times

/// An error that ends a request to the ingress, in a server's words.
struct IngressRefusal: Error {
    enum Source: String { case ingress, invocation }

    var status: Int
    var message: String
    var source = Source.ingress

    init(_ status: Int, _ message: String, source: Source = .ingress) {
        self.status = status
        self.message = message
        self.source = source
    }

    var answer: HTTPAnswer {
        Self.answer(code: status, message: message, metadata: [], source: source)
    }

    /// Makes the JSON answer of an error. The failure's code becomes the HTTP status if it can be a
    /// final one: a client would take a status below 200 for an announcement and wait on.
    static func answer(
        code: Int, message: String, metadata: [(key: String, value: String)], source: Source
    ) -> HTTPAnswer {
        var answer = HTTPAnswer.json((200...999).contains(code) ? code : 500) { line in
            line.member("code", code)
            line.member("message", message)
            if !metadata.isEmpty {
                line.member("metadata") { line in
                    line.object { line in
                        for (key, value) in metadata { line.member(key, value) }
                    }
                }
            }
            line.member("source", source.rawValue)
        }
        answer.headers.append(("x-restate-error-source", source.rawValue))
        return answer
    }

    // MARK: The messages

    static func badHeader(_ name: String) -> IngressRefusal {
        .init(400, "bad header \(name): ToStrError { _priv: () }")
    }

    static func expected(_ forms: String) -> IngressRefusal {
        .init(400, "bad path, expected \(forms)")
    }

    static func badPath(_ path: String) -> IngressRefusal { .init(400, "bad path: \(path)") }

    static let expectedPath = IngressRefusal(
        400,
        "bad path, expected either /:service-name/:handler or /:object-name/:object-key/:handler")

    static func unknownService(_ name: some StringProtocol) -> IngressRefusal {
        .init(
            404,
            "service '\(name)' not found, make sure to register the service before calling it.")
    }

    static func unknownHandler(_ name: some StringProtocol, of service: String) -> IngressRefusal {
        .init(
            404,
            "the service '\(service)' exists, but the handler '\(name)' was not found, check that "
                + "the handler exists in the latest registered service version.")
    }

    static let notPublic = IngressRefusal(400, "the invoked service is not public")
    static let wrongMethod = IngressRefusal(405, "method not allowed")
    static let tooLarge = IngressRefusal(413, "cannot read body: LengthLimitError")

    /// The client's mistake. (A server says 500 to it, which sends the client's people to the wrong place.)
    static func brokenBody(_ failure: RequestStream.InputFailure) -> IngressRefusal {
        switch failure {
        case .malformed: .init(400, "cannot read body: its chunks are malformed")
        case .cutShort: .init(400, "cannot read body: it ended before all of it had come")
        }
    }

    static let notFound = IngressRefusal(404, "not found")
    static let invocationNotFound = IngressRefusal(404, "invocation not found")
    static let notReady = IngressRefusal(470, "the invocation exists but has not completed yet")

    static let delayedCall = IngressRefusal(
        400,
        "cannot use the delay query parameter with calls. The delay is supported only with sends")

    static func badDelay(_ error: DurationError) -> IngressRefusal {
        .init(400, "bad delay query parameter, must be a ISO8601 duration: \(error)")
    }

    static func badInvocationID(_ id: some StringProtocol) -> IngressRefusal {
        .init(
            400,
            "bad invocation id '\(id)': \(ResourceID.complaint(id, .invocation) ?? "bad format")")
    }

    /// A server tries both kinds of awakeable ids, and reports why the text is not one of the older
    /// kind.
    static func badAwakeableID(_ id: some StringProtocol) -> IngressRefusal {
        .init(
            400, "bad awakeable id '\(id)': \(ResourceID.complaint(id, .awakeable) ?? "bad format")"
        )
    }

    static let keyOnWorkflow = IngressRefusal(
        400,
        "cannot use the idempotency key with workflow handlers. The handler invocation will already "
            + "be idempotent by the workflow key itself.")

    static let startsTooLate = IngressRefusal(
        400, "bad delay query parameter: the invocation would start after the year 9999")

    static func unavailable(_ failure: LocalServerError) -> IngressRefusal {
        .init(503, failure.description)
    }

    /// The answers of a server on which scopes are not enabled.
    static let noScopes = IngressRefusal(400, "scoped invocations require vqueues to be enabled")
    static let emptyScope = IngressRefusal(400, "bad scope value: value cannot be empty")
    static let limitKeyWithoutScope = IngressRefusal(400, "limit-key requires a scope to be set")
}
