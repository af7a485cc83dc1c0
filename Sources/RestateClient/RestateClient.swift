import CanonicalJSON
public import Foundation
public import Restate

/// Calls handlers from programs outside of them, through the ingress of a Restate server.
///
/// ```swift
/// let client = RestateClient(ingress: URL(string: "http://localhost:8080")!)
/// let answer = try await client.service(Checkout.self).process(order)
/// let seat = try await client.object(Ticket.self, "seat-1").get()
/// ```
/// For an `https` address the server's certificate must be one that this machine trusts. On Linux
/// Foundation reads `/etc/ssl/certs/ca-certificates.crt` (or what other distributions have in its
/// place) and nothing else: no property of a session, and none of the variables `SSL_CERT_FILE`,
/// `SSL_CERT_DIR` and `CURL_CA_BUNDLE` adds to it. A certificate authority of your own belongs into
/// `/usr/local/share/ca-certificates`, followed by `update-ca-certificates`.
///
/// A handler's terminal error is thrown as a ``TerminalError``; whatever keeps the ingress from
/// answering for the handler, as an ``IngressError``.
public struct RestateClient: Sendable {
    let ingress: HTTPCaller

    /// - Parameters:
    ///   - token: sent as a bearer token, say for Restate Cloud.
    ///   - retries: how long trouble is waited out, where asking again cannot do something twice.
    public init(ingress: URL, token: String? = nil, retries: ClientRetryPolicy = .init()) {
        self.ingress = HTTPCaller(base: ingress, token: token, retries: retries)
    }

    /// A ``Service``, to call its handlers.
    public func service<S: Service>(_ type: S.Type) -> IngressClient<S> {
        IngressClient(ingress: ingress, key: nil)
    }

    /// The object of that key, to call its handlers.
    public func object<S: VirtualObject>(_ type: S.Type, _ key: String) -> IngressClient<S> {
        IngressClient(ingress: ingress, key: key)
    }

    /// The workflow of that key, to start it, talk to it, or wait for its end.
    ///
    /// ```swift
    /// let signup = client.workflow(Signup.self, "alice")
    /// try await signup.run.send(form)             // begins it, once
    /// let result = try await signup.run.attach()  // waits for its end
    /// ```
    public func workflow<S: Workflow>(_ type: S.Type, _ key: String) -> IngressClient<S> {
        IngressClient(ingress: ingress, key: key)
    }

    /// Any handler by its names, of services that this program does not know. Bytes in, bytes out.
    ///
    /// - Parameter key: of an object or workflow; nil for a plain service.
    public func call(
        service: String, key: String? = nil, handler: String,
        contentType: String = "application/json"
    ) -> IngressCall<[UInt8], [UInt8]> {
        IngressCall(
            ingress: ingress, key: key,
            handler: HandlerReference(
                service: service, handler: handler, contentType: contentType))
    }

    /// An invocation that was started before, by its id.
    public func invocation<Output: Codable & Sendable>(
        _ id: InvocationID<Output>
    ) -> IngressInvocation<Output> {
        IngressInvocation(id: id, ingress: ingress) { try JSON.decodeOutput($0) }
    }

    /// An invocation of a handler that gives nothing.
    public func invocation(_ id: InvocationID<Void>) -> IngressInvocation<Void> {
        IngressInvocation(id: id, ingress: ingress) { _ in }
    }

    // MARK: Awakeables

    /// Completes an awakeable with a value.
    public func resolve<Value: Codable & Sendable>(
        _ id: AwakeableID<Value>, with value: Value
    ) async throws {
        try await complete(
            id.rawValue, "resolve", "application/json", body: try JSON.encode(value))
    }

    /// Completes an awakeable with a terminal error.
    public func reject<Value>(_ id: AwakeableID<Value>, _ reason: String) async throws {
        try await complete(id.rawValue, "reject", "text/plain", body: Array(reason.utf8))
    }

    private func complete(
        _ id: String, _ verb: String, _ contentType: String, body: [UInt8]
    ) async throws {
        var request = HTTPCaller.Request("POST", ["restate", "awakeables", id, verb])
        request.headers = [("content-type", contentType)]
        request.body = body
        // The first completion counts, so that a second one does no harm.
        request.isRepeatable = true
        _ = try await ingress.send(request).ingressResult()
    }

    /// The names of the services that can be called.
    public func health() async throws -> [String] {
        struct Health: Decodable { var services: [String] }
        var request = HTTPCaller.Request("GET", ["restate", "health"])
        request.isRepeatable = true
        let body = try await ingress.send(request).ingressResult()
        return try JSON.decode(Health.self, from: body).services
    }
}

extension JSON {
    /// Zero bytes are `nil` for an optional.
    static func decodeOutput<Value: Decodable>(_ bytes: [UInt8]) throws -> Value {
        if bytes.isEmpty,
            let none = (Value.self as? any ExpressibleByNilLiteral.Type)?.init(
                nilLiteral: ()) as? Value
        {
            return none
        }
        return try decode(Value.self, from: bytes)
    }
}
