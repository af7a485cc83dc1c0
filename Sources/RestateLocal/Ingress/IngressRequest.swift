internal import RestateHTTP
internal import RestateProtocol
internal import Times

/// What the ingress looks at of a request, besides its body.
struct IngressRequest {
    let stream: RequestStream
    let method: String
    let path: PathText

    init(_ stream: RequestStream) {
        self.stream = stream
        method = stream.method
        path = PathText(stream.path)
    }

    var isGetOrPost: Bool { method == "GET" || method == "POST" }

    /// Not handed to handlers: about the connection, or used up here.
    private static let ownHeaders: Set = [
        "connection", "host", "idempotency-key", "idempotency-expires",
    ]

    /// The path as it came, then the request's headers, each name once.
    func handlerHeaders() throws(IngressRefusal) -> [Header] {
        var headers = [Header(key: "x-restate-ingress-path", value: path.full)]
        var seen = Self.ownHeaders
        for (name, value) in stream.head.headers where seen.insert(name).inserted {
            guard value.isHeaderText else { throw .badHeader(name) }
            headers.append(Header(key: name, value: value))
        }
        return headers
    }

    /// What a handler may be called with once only. Nil if there is none; the first one counts.
    func idempotencyKey() throws(IngressRefusal) -> String? {
        guard let key = stream.header("idempotency-key") else { return nil }
        // Bytes beyond ASCII have no one meaning: two keys must not become one.
        guard key.isHeaderText else { throw .badHeader("idempotency-key") }
        return key
    }

    func delay() throws(IngressRefusal) -> UInt64? {
        guard let text = path.parameter("delay") else { return nil }
        do {
            return try DurationText.milliseconds(text)
        } catch {
            throw .badDelay(error)
        }
    }
}

extension String {
    /// Only what every reader of a header understands in the same way. (What was no UTF-8 has become
    /// a replacement character.)
    fileprivate var isHeaderText: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 == 9 } }
}
