import CanonicalJSON
package import RestateProtocol

/// Replaces the outside world while handlers are tested: the time of day and the closures of runs.
/// An endpoint that serves has none.
package protocol Rehearsal: AnyObject, Sendable {
    /// The time in milliseconds since 1970.
    var now: Int64 { get }
    /// The threads for closures of runs; nil for those of the endpoint.
    var runs: (any RunThreads)? { get }
    /// Executes the closure of a run, or a stand-in for it. The hooks are called around either.
    /// - Parameter format: of the result; nil for JSON.
    /// - Returns: the result as it is stored in the journal, before the codec is applied.
    func execute(
        _ run: RehearsedRun, _ format: Format?, _ closure: @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8]
    /// The error of an attempt whose input cannot be decoded; nil for that of an endpoint that serves.
    func unreadableInput(_ reason: String) -> (any Error)?
}

extension Rehearsal {
    package func unreadableInput(_ reason: String) -> (any Error)? { nil }
}

/// A run whose closure is about to be executed.
package struct RehearsedRun: Hashable, Sendable {
    package let invocation: String
    package let service: String
    package let handler: String
    package let name: String
    /// Identifies the run within its invocation, in all attempts.
    package let id: UInt32
}

/// A failure that a test injects. It is retried whatever the server's policy says.
package struct InjectedFailure: Error {
    let error: any Error
    /// Whether the retry policy of the run counts.
    let isCounted: Bool

    /// How long the server waits before the retry, unless the run has a policy.
    static let delay = Duration.milliseconds(100)

    package init(_ error: any Error, isCounted: Bool = true) {
        self.error = error
        self.isCounted = isCounted
    }
}

extension StateKey {
    /// Returns the stored form of a value; nil for a value that is not stored.
    package func bytes(of value: Value, _ coding: ServiceCoding) throws -> [UInt8]? {
        JSON.isOptional(Value.self) && JSON.isAbsent(value)
            ? nil : try coding.encode(value, in: format)
    }

    package func value(of bytes: Bytes?, _ coding: ServiceCoding) throws -> Value {
        try bytes.map { try coding.decode($0, in: format) } ?? defaultValue
    }
}

extension PromiseKey {
    package func bytes(of value: Value, _ coding: ServiceCoding) throws -> [UInt8] {
        try coding.encode(value, in: format)
    }

    package func value(of bytes: Bytes, _ coding: ServiceCoding) throws -> Value {
        try coding.decode(bytes, in: format)
    }
}
