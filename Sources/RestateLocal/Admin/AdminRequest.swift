internal import Restate
internal import RestateHTTP2

/// A request to the admin API, with its whole body.
struct AdminRequest: Sendable {
    /// The largest body: a deployment's registration or an object's state.
    static let bodyLimit = 32 << 20
    static let versions = 2...4

    let method: String
    let path: PathText
    let accept: String?
    let body: [UInt8]
    /// What follows the version in the path.
    let segments: [Substring]
    /// Nil for a version that is not spoken.
    let version: Int?

    init(_ stream: RequestStream, body: [UInt8]) {
        method = stream.method
        path = PathText(stream.path)
        accept = stream.header("accept")
        self.body = body
        var segments = path.segments
        if let first = segments.first, first.first == "v", let number = Int(first.dropFirst()) {
            version = Self.versions.contains(number) ? number : nil
            segments.removeFirst()
        } else {
            version = Self.versions.lowerBound + 1
        }
        self.segments = segments
    }

    /// The body as JSON of a known shape. Not JSON is a 400, another shape a 422.
    func json<Body: Decodable>(_ type: Body.Type, _ name: String) throws(AdminError) -> Body {
        let value: JSONValue
        do {
            value = try JSON.decode(JSONValue.self, from: body)
        } catch {
            throw .text(
                400, "Failed to parse the request body as JSON: \(JSON.describe(error))")
        }
        do {
            return try JSON.decode(type, from: try JSON.encode(value))
        } catch {
            throw .text(
                422,
                "Failed to deserialize the JSON body into the target type: "
                    + "\(JSON.describe(error)) (\(name))")
        }
    }
}

/// Why the admin API does not do what it is asked, as an answer.
struct AdminError: Error {
    let answer: HTTPAnswer

    static func text(_ status: Int, _ sentence: String) -> AdminError {
        AdminError(answer: .text(status, sentence))
    }

    static func json(_ status: Int, _ message: String, code: String? = nil) -> AdminError {
        AdminError(
            answer: .json(status) { line in
                line.member("message", message)
                line.member("restate_code") { line in
                    if let code { line.value(code) } else { line.null() }
                }
            })
    }

    static func unknownService(_ name: some StringProtocol) -> AdminError {
        .json(404, "The requested service '\(name)' does not exist")
    }

    static func unknownInvocation(_ id: InvocationID) -> AdminError {
        .json(404, "The requested invocation '\(id)' does not exist")
    }

    static let notFound = AdminError(answer: .empty(404))
    static let wrongMethod = AdminError(answer: .empty(405))

    /// What only a server has.
    static func notHere(_ what: String) -> AdminError {
        .json(501, "\(what) not part of the local runtime; a Restate server has them.")
    }
}
