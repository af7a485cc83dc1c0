import RestateMachine
import RestateProtocol

/// What an invocation was called with, besides its decoded input.
public struct Request: Sendable {
    /// The invocation's id, the same on every attempt: good as an idempotency key.
    public let id: String
    /// The handler that was called, and its key.
    public let target: HandlerTarget
    /// The headers of the call, in order. Those of an ingress request include
    /// `x-restate-ingress-path`.
    public let headers: [(name: String, value: String)]
    /// The input as it came.
    public let body: [UInt8]
    /// The headers of this attempt's own HTTP request, `traceparent` among them. They differ from
    /// attempt to attempt, so nothing that is stored or sent may depend on them.
    public let attemptHeaders: [(name: String, value: String)]
    /// The idempotency key, scope and limit key of the call, if the server says them
    /// (service protocol 7).
    public let idempotencyKey: String?
    public let scope: String?
    public let limitKey: String?

    init(_ invocation: AttemptDriver) {
        let input = invocation.machine.input
        id = input.debugID
        target = invocation.target
        headers = input.headers.map { ($0.key, $0.value) }
        body = Array(input.body)
        attemptHeaders = invocation.attemptHeaders
        idempotencyKey = input.idempotencyKey
        scope = input.scope
        limitKey = input.limitKey
    }

    /// The first header of that name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension Context {
    /// The invocation's id, the same on every attempt.
    public var invocationID: String { invocation.machine.input.debugID }
}
