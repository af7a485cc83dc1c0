internal import Restate

/// Replaces and counts steps by their names: the closures of `ctx.run` and `ctx.start`, in all
/// handlers.
extension TestEnvironment {
    /// Replaces the closure of a step. A later replacement overrides an earlier one.
    ///
    /// ```swift
    /// restate.replace("charge") { Receipt(number: 7) }
    /// ```
    /// The value must have the type that the handler expects; otherwise the handler fails.
    public func replace<Value: Codable & Sendable>(
        _ step: String, with closure: @escaping @Sendable () async throws -> Value
    ) {
        world.replace(step) { format in try encoded(await closure(), in: format) }
    }

    /// Replaces the closure of a step without a result.
    public func replace(_ step: String, with closure: @escaping @Sendable () async throws -> Void) {
        world.replace(step) { _ in
            try await closure()
            return []
        }
    }

    /// Makes the next executions of a step fail. Its closure is not executed.
    ///
    /// A `TerminalError` ends the step. Any other error is retried by the step's own policy, or
    /// without one after 100 ms, even in a test without retries.
    public func fail(_ step: String, times: Int = 1, with error: any Error = StepFailed()) {
        world.fail(step, times: times, with: error)
    }

    /// Returns how often a step was executed, including failures. A replay executes nothing.
    public func executions(of step: String) -> Int { world.executions(of: step) }
}

/// The default error of ``TestEnvironment/fail(_:times:with:)``, which tells that it was injected.
public struct StepFailed: Error, CustomStringConvertible, Sendable {
    /// Makes the error. A step that throws it is retried, because it is no terminal one.
    public init() {}

    public var description: String { "The test lets this step fail" }
}
