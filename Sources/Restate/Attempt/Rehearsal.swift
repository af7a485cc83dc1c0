import Primitives
import CanonicalJSON
package import RestateHTTP
package import RestateProtocol

/// Replaces the outside world while handlers are tested: the time of day and the closures of runs.
/// An endpoint that serves has none.
package protocol Rehearsal: AnyObject, Sendable {
    /// The time in milliseconds since 1970.
    var now: Int64 { get }
    /// The threads for closures of runs; nil for those of the endpoint.
    var runs: ThreadPool? { get }
    /// Executes the closure of a run, or a stand-in for it. The hooks are called around either.
    /// - Parameter format: of the result; nil for JSON.
    /// - Returns: the result as it is stored in the journal, before the codec is applied.
    func execute(
        _ run: RehearsedRun, _ format: Format?, _ closure: @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8]
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

/// An attempt of a rehearsal. It tells when nothing moves any more. Loop-confined.
package final class RehearsedAttempt {
    private let driver: AttemptDriver
    private let task: Task<Void, Never>

    fileprivate init(_ driver: AttemptDriver, _ task: Task<Void, Never>) {
        self.driver = driver
        self.task = task
    }

    /// Whether the handler waits for the server and no closure of a run is being executed.
    package var isWaiting: Bool { driver.isWaiting }
    /// Whether a closure is being executed, perhaps for an attempt that is over.
    package var isExecuting: Bool { driver.isExecuting }

    /// Cancels the attempt, because its result is no longer needed.
    package func cancel() { task.cancel() }
}

extension EndpointLink {
    /// Begins an attempt that stays on `loop` from beginning to end.
    ///
    /// - Parameter comesToRest: called each time the attempt begins to wait, and when a closure has
    ///   ended.
    /// - Returns: nil if there is no such handler.
    package func rehearse(
        service: String, handler: String, version: ProtocolVersion, _ stream: any AttemptStream,
        on loop: EventLoop, comesToRest: @escaping () -> Void
    ) -> RehearsedAttempt? {
        guard let handler = self.handler(service, handler) else { return nil }
        let driver = AttemptDriver(handler, version, stream, loop)
        driver.comesToRest = comesToRest
        let confined = LoopBound(driver, on: loop)
        let task = Task(executorPreference: loop) { await confined.value.serve() }
        return RehearsedAttempt(driver, task)
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
