public import Restate

/// An invocation that was started: its id, and its result when there is one.
public struct IngressInvocation<Output>: Sendable {
    public let id: InvocationID<Output>
    /// False if this call only found what an earlier one with the same key had begun.
    public let isNew: Bool
    private let ingress: HTTPCaller
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

    /// Waits for the result.
    /// - Throws: the ``TerminalError`` that it ended with; ``IngressError`` if there is no answer.
    public func attach() async throws -> Output {
        try decode(try await ingress.send(question("attach")).ingressResult())
    }

    /// The result; nil if the invocation has not ended.
    public func output() async throws -> Output? {
        let answer = try await ingress.send(question("output"))
        return answer.isNotReady ? nil : try decode(try answer.ingressResult())
    }

    private func question(_ verb: String) -> HTTPCaller.Request {
        var request = HTTPCaller.Request("GET", ["restate", "invocation", id.rawValue, verb])
        request.isRepeatable = true
        return request
    }
}
