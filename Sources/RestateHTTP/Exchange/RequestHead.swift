package enum HTTPVersion: Sendable {
    case http1_1, http2
}

/// What a request says before its body.
package struct RequestHead: Sendable {
    package var method: String
    /// With the query, as it stands in the request.
    package var path: String
    package var authority: String?
    package var headers: HeaderFields
    package var version: HTTPVersion

    package init(
        method: String, path: String, authority: String? = nil, headers: HeaderFields = [:],
        version: HTTPVersion = .http2
    ) {
        self.method = method
        self.path = path
        self.authority = authority
        self.headers = headers
        self.version = version
    }
}
