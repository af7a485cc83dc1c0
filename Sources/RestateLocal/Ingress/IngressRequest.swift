internal import RestateHTTP2
internal import RestateProtocol

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
    func handlerHeaders() throws(IngressError) -> [Header] {
        var headers = [Header(key: "x-restate-ingress-path", value: path.full)]
        var seen = Self.ownHeaders
        for (name, value) in stream.head.headers where seen.insert(name).inserted {
            guard value.utf8.allSatisfy({ $0 < 0x80 }) else {
                throw IngressError(400, "bad header '\(name)': its value is not ASCII")
            }
            headers.append(Header(key: name, value: value))
        }
        return headers
    }

    func delay() throws(IngressError) -> UInt64? {
        guard let text = path.parameter("delay") else { return nil }
        do {
            return try DurationText.milliseconds(text)
        } catch {
            throw .badDelay(error)
        }
    }
}
