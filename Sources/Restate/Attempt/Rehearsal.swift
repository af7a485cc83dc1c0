import CanonicalJSON
package import RestateHTTP
package import RestateProtocol

/// What stands in for the world while handlers are tried out: the time of day, and what happens in
/// the place of the closures of runs. An endpoint that serves has none.
package protocol Rehearsal: AnyObject, Sendable {
    /// Milliseconds since 1970.
    var now: Int64 { get }
    /// Where closures of runs are executed; nil for where the endpoint says.
    var runs: ThreadPool? { get }
    /// Executes a closure of a run, or something else in its place. The hooks are around it as around
    /// the closure.
    /// - Returns: the result as the journal has it.
    func execute(
        _ run: RehearsedRun, _ closure: @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8]
}

/// A run whose closure is to be executed.
package struct RehearsedRun: Hashable, Sendable {
    package let invocation: String
    package let service: String
    package let handler: String
    package let name: String
    /// Tells it from the invocation's other runs, in all attempts.
    package let id: UInt32
}

/// A failure that somebody wants to see tried again: it is, whatever the server's policy.
package struct InjectedFailure: Error {
    let error: any Error

    /// How long the server waits before it tries again, unless the run has a policy.
    static let delay = Duration.milliseconds(100)

    package init(_ error: any Error) { self.error = error }
}

/// An attempt of a rehearsal, for whoever must know when nothing moves any more. Loop-confined.
package final class RehearsedAttempt {
    private let driver: AttemptDriver
    private let task: Task<Void, Never>

    fileprivate init(_ driver: AttemptDriver, _ task: Task<Void, Never>) {
        self.driver = driver
        self.task = task
    }

    /// The handler waits for the server, and no closure of a run is executed.
    package var isWaiting: Bool { driver.isWaiting }
    /// A closure is executed: perhaps for an attempt that is over.
    package var isExecuting: Bool { driver.isExecuting }

    /// Nobody listens to it any more.
    package func cancel() { task.cancel() }
}

extension EndpointLink {
    /// Begins an attempt that stays on `loop` from its first line to its last.
    ///
    /// - Parameter comesToRest: called each time when the attempt begins to wait, and when a closure
    ///   has ended.
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
    /// A value as it is kept; nil for one that is not.
    package func bytes(of value: Value) throws -> [UInt8]? {
        JSON.isOptional(Value.self) && JSON.isAbsent(value) ? nil : try JSON.encode(value)
    }

    package func value(of bytes: Bytes?) throws -> Value {
        try bytes.map { try Payload.decode($0) } ?? defaultValue
    }
}

extension PromiseKey {
    package func bytes(of value: Value) throws -> [UInt8] { try JSON.encode(value) }

    package func value(of bytes: Bytes) throws -> Value { try Payload.decode(bytes) }
}
