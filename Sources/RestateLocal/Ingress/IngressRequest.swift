internal import RestateHTTP
internal import RestateProtocol
internal import Times

/// The head of a request to the ingress. A class, because the closures that answer it hold it.
final class IngressRequest {
    let stream: RequestStream
    let method: String
    let path: PathText

    init(_ stream: RequestStream) {
        self.stream = stream
        method = stream.method
        path = PathText(stream.path)
    }

    var isGetOrPost: Bool { method == "GET" || method == "POST" }

    /// Headers that handlers do not get, because they concern the connection or are consumed here.
    private static let ownHeaders = [
        "connection", "host", "idempotency-key", "idempotency-expires",
    ]

    /// Returns the headers that the handler gets: the original path, then the request's headers, of
    /// each name the first.
    func handlerHeaders() throws(IngressRefusal) -> [Header] {
        var headers: [Header] = []
        headers.reserveCapacity(8)
        headers.append(Header(key: "x-restate-ingress-path", value: path.full))
        for (name, value) in stream.headers where !Self.ownHeaders.contains(name) {
            // One of the name may be among those that came before. A set would cost more than it
            // saves, but for very many.
            if headers.dropFirst().contains(where: { $0.key == name }) { continue }
            guard value.isHeaderText else { throw .badHeader(name) }
            headers.append(Header(key: name, value: value))
        }
        return headers
    }

    /// Returns the idempotency key; nil if there is none. If there are several the first one
    /// counts.
    func idempotencyKey() throws(IngressRefusal) -> String? {
        guard let key = stream.header("idempotency-key") else { return nil }
        // Bytes beyond ASCII have no agreed meaning in a header. Decoding them could make two
        // different keys equal.
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
    /// Whether the text has only characters that every reader of a header understands alike. (Bytes
    /// that were not UTF-8 have become replacement characters.)
    fileprivate var isHeaderText: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 == 9 } }
}
