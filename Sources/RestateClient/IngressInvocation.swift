public import RestateServices

/// An ingress invocation was started by a call. It gives its id and its result.
public struct IngressInvocation<Output>: Sendable {
    /// The server gave the invocation this id. It can be stored, and
    /// ``RestateClient/invocation(_:format:)`` finds the invocation again.
    public let id: InvocationID<Output>
    /// Whether this call started the invocation. It is false if an earlier call with the same key
    /// did.
    public let isNew: Bool
    private let ingress: HTTPCaller
    private var timeout: Duration?
    private let decode: @Sendable ([UInt8]) throws -> Output

    init(
        id: InvocationID<Output>, ingress: HTTPCaller, isNew: Bool = false,
        decode: @escaping @Sendable ([UInt8]) throws -> Output
    ) {
        self.id = id
        self.isNew = isNew
        self.ingress = ingress
        self.decode = decode
    }

    /// Limits how long an answer may take: after that ``IngressError/Code/timedOut`` is thrown, and the
    /// invocation goes on.
    public func timeout(_ limit: Duration) -> IngressInvocation {
        var copy = self
        copy.timeout = limit
        return copy
    }

    /// Waits for the result.
    /// - Throws: the `TerminalError` with which it ended; ``IngressError`` if there is no answer.
    public func attach() async throws -> Output {
        try decode(try await ingress.send(question("attach")).ingressResult())
    }

    /// Returns the result, or nil if the invocation has not ended.
    public func output() async throws -> Output? {
        let answer = try await ingress.send(question("output"))
        return answer.isNotReady ? nil : try decode(try answer.ingressResult())
    }

    private func question(_ verb: String) -> HTTPCaller.Request {
        var request = HTTPCaller.Request("GET", ["restate", "invocation", id.rawValue, verb])
        request.isRepeatable = true
        request.timeout = timeout
        return request
    }
}
