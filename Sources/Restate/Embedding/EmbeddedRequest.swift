/// The head of an HTTP request that another server has received.
public struct EmbeddedRequest: Sendable {
    /// The method of HTTP, in capitals like `POST`.
    public var method: String
    /// The target with its query. A prefix under which the endpoint is mounted may stay: everything
    /// before `/invoke/`, `/discover` and `/health` is ignored.
    public var path: String
    /// The headers in order. Their names may be in any case.
    public var headers: [(name: String, value: String)]

    /// Makes the head from what the other server has received.
    public init(method: String, path: String, headers: [(name: String, value: String)] = []) {
        self.method = method
        self.path = path
        self.headers = headers
    }
}

/// A response that is complete, for servers that pass on whole bodies.
public struct EmbeddedResponse: Sendable {
    /// The status of HTTP. 200 also carries a terminal error, which is a part of the body.
    public var status: Int
    /// The headers in order, with names in lower case.
    public var headers: [(name: String, value: String)]
    /// The whole body: frames of the service protocol, a manifest, or a sentence about a refusal.
    public var body: [UInt8]

    /// Returns the first header of this name, which must be in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// Says that a response ended before it was complete: the endpoint was stopped, or one of its own
/// routes failed while it was writing. The other server should break off its response too.
public struct ResponseBroken: Error, CustomStringConvertible {
    public var description: String { "The endpoint broke off its response." }
}
