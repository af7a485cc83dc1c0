package enum HTTPVersion: Sendable {
    case http1_1, http2
}

/// The head of a request, independent of the HTTP version.
package struct RequestHead: Sendable {
    package var method: String
    /// The target with its query, not decoded.
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
