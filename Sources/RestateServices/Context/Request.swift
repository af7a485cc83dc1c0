import RestateMachine
import RestateProtocol

/// Describes the request that started an invocation, apart from its decoded input.
public struct Request: Sendable {
    /// The invocation's id. It is the same on every attempt, so it can serve as an idempotency key.
    public let id: String
    /// The handler that was called, and its key.
    public let target: HandlerTarget
    /// The headers of the call, in order. An ingress request has `x-restate-ingress-path` among
    /// them.
    public let headers: [(name: String, value: String)]
    /// The headers of this attempt's HTTP request, `traceparent` among them. They differ from
    /// attempt to attempt, so nothing that is stored or sent may depend on them.
    public let attemptHeaders: [(name: String, value: String)]
    /// The idempotency key of the call. This and the next two properties are nil with a service
    /// protocol before 7.
    public let idempotencyKey: String?
    /// The scope against whose limits the call counts; nil without one.
    public let scope: String?
    /// The limit key below the scope; nil without one.
    public let limitKey: String?
    private let input: Bytes
    private let codec: (any JournalCodec)?

    init(_ invocation: AttemptDriver) {
        let input = invocation.machine.input
        id = input.debugID
        target = invocation.target
        headers = input.headers.map { ($0.key, $0.value) }
        self.input = input.body
        codec = invocation.coding?.codec
        attemptHeaders = invocation.attemptHeaders
        idempotencyKey = input.idempotencyKey
        scope = input.scope
        limitKey = input.limitKey
    }

    /// The bytes of the input. They are copied, and decoded by the journal codec, at each access.
    public var body: [UInt8] {
        let bytes = Array(input)
        // What the codec cannot decode has failed already, unless the handler takes no input.
        return (try? codec?.removed(from: bytes)) ?? bytes
    }

    /// Returns the first header of this name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension Context {
    /// The invocation's id, which is the same on every attempt.
    public var invocationID: String { invocation.machine.input.debugID }
}
