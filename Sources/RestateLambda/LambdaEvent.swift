internal import CanonicalJSON
internal import Restate

/// An HTTP request as AWS hands it to a function.
///
/// There are two formats: that of API gateways (version 1.0), which Restate servers and load balancers
/// use too, and that of function URLs and HTTP APIs (2.0). A body is text or base64.
struct LambdaEvent: Decodable {
    let request: EmbeddedRequest
    let body: [UInt8]

    private enum Key: String, CodingKey {
        case path, rawPath, rawQueryString, httpMethod, headers, multiValueHeaders, body
        case isBase64Encoded, requestContext
    }
    private enum ContextKey: String, CodingKey { case http }
    private enum HTTPKey: String, CodingKey { case method }

    init(from decoder: any Decoder) throws {
        let event = try decoder.container(keyedBy: Key.self)
        let method: String
        var path: String
        if let rawPath = try event.decodeIfPresent(String.self, forKey: .rawPath) {
            path = rawPath
            let query = try event.decodeIfPresent(String.self, forKey: .rawQueryString) ?? ""
            if !query.isEmpty { path += "?" + query }
            method = try event.nestedContainer(keyedBy: ContextKey.self, forKey: .requestContext)
                .nestedContainer(keyedBy: HTTPKey.self, forKey: .http)
                .decode(String.self, forKey: .method)
        } else {
            path = try event.decode(String.self, forKey: .path)
            method = try event.decode(String.self, forKey: .httpMethod)
        }
        // A load balancer that is set so sends lists only.
        let single = try event.decodeIfPresent([String: String].self, forKey: .headers) ?? [:]
        let many =
            try event.decodeIfPresent([String: [String]].self, forKey: .multiValueHeaders) ?? [:]
        var headers = single.map { (name: $0.key, value: $0.value) }
        for (name, values) in many where single[name] == nil {
            headers += values.map { (name, $0) }
        }
        headers.sort { $0.name < $1.name }
        request = EmbeddedRequest(method: method, path: path, headers: headers)
        body = try Self.body(event)
    }

    private static func body(_ event: KeyedDecodingContainer<Key>) throws -> [UInt8] {
        let text = try event.decodeIfPresent(String.self, forKey: .body) ?? ""
        guard try event.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) == true else {
            return Array(text.utf8)
        }
        guard let bytes = Base64.decode(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: .body, in: event, debugDescription: "the body is not base64")
        }
        return bytes
    }
}

/// A response in the form that both formats understand.
struct LambdaAnswer: Encodable {
    let statusCode: Int
    let headers: [String: String]
    let isBase64Encoded = true
    let body: String

    init(_ response: EmbeddedResponse) {
        statusCode = response.status
        headers = Dictionary(response.headers.map { ($0.name, $0.value) }) { "\($0), \($1)" }
        body = Base64.encode(response.body)
    }
}
