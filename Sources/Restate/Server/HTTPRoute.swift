import CanonicalJSON
import RestateHTTP
import RestateMachine

/// A request to one of the application's own routes, which has its whole body.
public struct RouteRequest: Sendable {
    /// The method of HTTP, in capitals like `GET`.
    public let method: String
    /// The path without the query.
    public let path: String
    /// The part after the question mark, undecoded.
    public let query: String?
    /// The host, with the port if there is one, that the client addressed (`Host`).
    public let authority: String?
    /// The values of the path's parts in braces, percent-decoded.
    public let parameters: [String: String]
    /// The headers in order. Names are in lower case.
    public let headers: [(name: String, value: String)]
    /// The whole body, whose size `bodyLimit` of the route bounds.
    public let body: [UInt8]

    /// Returns the first header of this name, which must be in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// Decodes the body as JSON.
    public func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSON.decode(type, from: body[...])
    }
}

/// A route's answer has a complete body, or one that is written in pieces.
public struct RouteResponse: Sendable {
    enum Body: Sendable {
        case whole([UInt8])
        case streamed(@Sendable (RouteBodyWriter) async throws -> Void)
        case events(EventSourceBody)
    }

    /// The status of HTTP, 200 by default.
    public var status: Int
    /// The headers in order, with names in lower case.
    public var headers: [(name: String, value: String)]
    let body: Body

    /// Makes an answer with a complete body.
    public init(
        status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = .whole(body)
    }

    /// Makes an answer whose body is written in pieces. If `write` throws, the client sees a reset.
    public init(
        status: Int = 200, headers: [(name: String, value: String)] = [],
        writing write: @escaping @Sendable (RouteBodyWriter) async throws -> Void
    ) {
        self.status = status
        self.headers = headers
        body = .streamed(write)
    }

    init(headers: [(name: String, value: String)], events: EventSourceBody) {
        status = 200
        self.headers = headers
        body = .events(events)
    }

    /// Makes an answer of JSON.
    /// - Throws: an `EncodingError` if the value has no JSON.
    public static func json(_ value: some Encodable, status: Int = 200) throws -> RouteResponse {
        RouteResponse(
            status: status, headers: [("content-type", "application/json")],
            body: try JSON.encode(value))
    }

    /// Makes an answer of UTF-8 text.
    public static func text(_ text: String, status: Int = 200) -> RouteResponse {
        RouteResponse(
            status: status, headers: [("content-type", "text/plain; charset=utf-8")],
            body: Array(text.utf8))
    }
}

/// Writes the body of an answer in pieces. It is not Sendable, because it belongs to the route's
/// task.
public final class RouteBodyWriter {
    private let stream: RequestStream

    init(_ stream: RequestStream) {
        self.stream = stream
    }

    /// Sends bytes. It waits while the client does not read.
    /// - Throws: `CancellationError` if the client has closed the request.
    public nonisolated(nonsending) func write(_ bytes: [UInt8]) async throws {
        while stream.outputIsFull && !stream.isClosed { await stream.changed() }
        if stream.isClosed { throw CancellationError() }
        stream.write(bytes)
    }
}

/// A route of an endpoint.
struct Route: Sendable {
    /// The default limit for the bytes of a body.
    static let bodyLimit = 8 << 20

    let method: String
    /// The path as the application wrote it, with braces.
    let path: String
    let bodyLimit: Int
    /// Answers a request with a larger body; nil for a sentence.
    let tooLarge: RouteResponse?
    let respond: @Sendable (RouteRequest) async throws -> RouteResponse

    func accepts(_ method: String) -> Bool {
        self.method == method || (self.method == "GET" && method == "HEAD")
    }

    /// - Parameter path: the route's path, if it has parameters.
    func serve(_ stream: RequestStream, _ path: RoutePath?) async {
        var body: [UInt8] = []
        stream.awaitsBody = true
        while true {
            if stream.hasInput { body += stream.takeInput() }
            guard body.count <= bodyLimit else {
                let sentence = "The body is over \(bodyLimit) bytes.\n"
                return send(tooLarge ?? .text(sentence, status: 413), to: stream)
            }
            if stream.inputEnded { break }
            if stream.isClosed { return }
            await stream.changed()
        }
        let target = stream.path
        // Split by bytes, because the route was found by bytes.
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        let head = stream.head
        let asked = target[..<(mark ?? target.endIndex)]
        let request = RouteRequest(
            method: head.method, path: String(asked),
            query: mark.map { String(target[target.utf8.index(after: $0)...]) },
            authority: head.authority, parameters: path?.parameters(in: asked.utf8) ?? [:],
            headers: head.headers.map { ($0.name, $0.value) }, body: body)
        let response: RouteResponse
        do {
            response = try await respond(request)
        } catch {
            return send(.text("\(ErrorText.describe(error))\n", status: 500), to: stream)
        }
        switch response.body {
        case .whole:
            send(response, to: stream)
        case .streamed(let write):
            stream.respond(status: response.status, headers: fields(response.headers))
            do {
                try await write(RouteBodyWriter(stream))
                stream.finish()
            } catch {
                stream.reset(code: Self.internalError)
            }
        case .events(let body):
            stream.respond(status: response.status, headers: fields(response.headers))
            await EventStream(stream).serve(body)
        }
    }

    /// HTTP/2's code INTERNAL_ERROR.
    static let internalError: UInt32 = 2
    /// HTTP/2's code REFUSED_STREAM, after which a client may retry.
    static let refused: UInt32 = 7

    private func send(_ response: RouteResponse, to stream: RequestStream) {
        stream.respond(status: response.status, headers: fields(response.headers))
        if case .whole(let bytes) = response.body { stream.write(bytes) }
        stream.finish()
    }

    private func fields(_ headers: [(name: String, value: String)]) -> HeaderFields {
        var fields: HeaderFields = [:]
        for (name, value) in headers { fields.append(name: name, value: value) }
        return fields
    }
}
