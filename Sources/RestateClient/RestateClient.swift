import CanonicalJSON
public import Foundation
public import RestateServices

/// Calls handlers from any program, through the ingress of a Restate server.
///
/// ```swift
/// let client = RestateClient(ingress: URL(string: "http://localhost:8080")!)
/// let answer = try await client.service(Checkout.self).process(order)
/// let seat = try await client.object(Ticket.self, "seat-1").get()
/// ```
/// For an `https` address this machine must trust the server's certificate. On Linux Foundation
/// reads only `/etc/ssl/certs/ca-certificates.crt`, or the equivalent of other distributions; no
/// property of a session and none of the variables `SSL_CERT_FILE`, `SSL_CERT_DIR` and
/// `CURL_CA_BUNDLE` changes that. Put your own certificate authority into
/// `/usr/local/share/ca-certificates` and run `update-ca-certificates`.
///
/// A handler's terminal error is thrown as a
/// `TerminalError`. If the ingress has no answer of the handler, an ``IngressError`` is thrown.
public struct RestateClient: Sendable {
    private(set) var ingress: HTTPCaller

    /// Makes a client. It connects when it is used.
    ///
    /// - Parameters:
    ///   - ingress: the address of the ingress, like `http://localhost:8080`.
    ///   - token: a bearer token, for example for Restate Cloud.
    ///   - retries: how often requests that may be repeated are repeated.
    public init(ingress: URL, token: String? = nil, retries: ClientRetryPolicy = .init()) {
        self.ingress = HTTPCaller(base: ingress, token: token, retries: retries)
    }

    /// Returns a client whose values go through a journal codec, as the endpoints have it that it
    /// calls (`Endpoint.journalCodec(_:)`): arguments and results of calls, values of
    /// awakeables. A codec that a service's own options name takes precedence.
    public func journalCodec(_ codec: any JournalCodec) -> RestateClient {
        coded(ingress.coding?.format, ChosenCodec(codec))
    }

    /// Returns a client that uses a format for values of which nothing else is said. An endpoint with
    /// a default format needs it. A format that a handler's entry or a service's own options name
    /// takes precedence.
    public func format(_ format: Format) -> RestateClient {
        coded(format, ingress.coding?.codec)
    }

    func changed(_ change: (inout HTTPCaller) -> Void) -> RestateClient {
        var copy = self
        change(&copy.ingress)
        return copy
    }

    private func coded(_ format: Format?, _ codec: ChosenCodec?) -> RestateClient {
        changed { $0.coding = EndpointCoding(format: format, codec: codec) }
    }

    /// Returns a client for a `Service`.
    public func service<S: Service>(_ type: S.Type) -> IngressClient<S> {
        IngressClient(ingress: ingress, key: nil)
    }

    /// Returns a client for the object with this key.
    public func object<S: VirtualObject>(_ type: S.Type, _ key: String) -> IngressClient<S> {
        IngressClient(ingress: ingress, key: key)
    }

    /// Returns a client for the workflow with this key.
    ///
    /// ```swift
    /// let signup = client.workflow(Signup.self, "alice")
    /// try await signup.run.send(form)             // begins it, once
    /// let result = try await signup.run.attach()  // waits for its end
    /// ```
    public func workflow<S: Workflow>(_ type: S.Type, _ key: String) -> IngressClient<S> {
        IngressClient(ingress: ingress, key: key)
    }

    /// Returns the call of a handler by its names, for services that this program does not know.
    /// Input and output are bytes.
    ///
    /// - Parameters:
    ///   - service: the name on the wire.
    ///   - key: the key of an object or workflow; nil for a plain service.
    ///   - handler: the name on the wire.
    ///   - contentType: of the bytes, which the server compares with what the handler accepts.
    public func call(
        service: String, key: String? = nil, handler: String,
        contentType: String = "application/json"
    ) -> IngressCall<[UInt8], [UInt8]> {
        IngressCall(
            ingress: ingress, key: key,
            handler: HandlerReference(
                service: service, handler: handler, contentType: contentType, ingress.coding))
    }

    /// Returns the invocation with this id.
    ///
    /// - Parameters:
    ///   - id: as ``IngressInvocation/id`` of an earlier call, for example.
    ///   - format: in which its handler gives its result; nil for that of this client.
    public func invocation<Output: Codable & Sendable>(
        _ id: InvocationID<Output>, format: Format? = nil
    ) -> IngressInvocation<Output> {
        let coding = ServiceCoding(ingress.coding)
        return IngressInvocation(id: id, ingress: ingress) { bytes in
            try coding.decodeOutput(bytes, in: format)
        }
    }

    /// Returns the invocation with this id, of a handler without a result.
    public func invocation(_ id: InvocationID<Void>) -> IngressInvocation<Void> {
        IngressInvocation(id: id, ingress: ingress) { _ in }
    }

    // MARK: Awakeables

    /// Completes an awakeable with a value.
    ///
    /// - Parameters:
    ///   - id: the awakeable's, as its handler has given it away.
    ///   - value: what the handler gets.
    ///   - format: the one in which the value is awaited; nil for that of this client.
    public func resolve<Value: Codable & Sendable>(
        _ id: AwakeableID<Value>, with value: Value, format: Format? = nil
    ) async throws {
        let coding = ServiceCoding(ingress.coding)
        try await complete(
            id.rawValue, "resolve", coding.contentType(of: format),
            body: try coding.encode(value, in: format))
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
        // Only the first completion counts, so a repetition has no effect.
        request.isRepeatable = true
        _ = try await ingress.send(request).ingressResult()
    }

    /// Returns the names of the services that can be called.
    public func health() async throws -> [String] {
        struct Health: Decodable { var services: [String] }
        var request = HTTPCaller.Request("GET", ["restate", "health"])
        request.isRepeatable = true
        let body = try await ingress.send(request).ingressResult()
        return try JSON.decode(Health.self, from: body).services
    }
}
