package import Primitives
package import RestateProtocol

/// An attempt of a rehearsal. It tells when nothing moves any more. Loop-confined.
package final class RehearsedAttempt {
    private let driver: AttemptDriver
    private let task: Task<Void, Never>

    /// Begins an attempt that stays on `loop` from beginning to end.
    ///
    /// - Parameter comesToRest: called each time the attempt begins to wait, and when a closure has
    ///   ended.
    package init(
        _ handler: ServedHandler, _ version: ProtocolVersion, _ stream: any AttemptStream,
        on loop: any Confinement, comesToRest: @escaping () -> Void
    ) {
        driver = AttemptDriver(handler, version, stream, loop)
        driver.comesToRest = comesToRest
        let confined = LoopBound(driver, on: loop)
        task = Task(executorPreference: loop) { await confined.value.serve() }
    }

    /// Whether the handler waits for the server and no closure of a run is being executed.
    package var isWaiting: Bool { driver.isWaiting }
    /// Whether a closure is being executed, perhaps for an attempt that is over.
    package var isExecuting: Bool { driver.isExecuting }

    /// Cancels the attempt, because its result is no longer needed.
    package func cancel() { task.cancel() }
}
