internal import CanonicalJSON
internal import Restate

/// Steps by their names: the closures of `ctx.run` and `ctx.start`, in all handlers.
extension TestEnvironment {
    /// Executes another closure in the place of a step's own. A later one replaces an earlier one.
    ///
    /// ```swift
    /// restate.replace("charge") { Receipt(number: 7) }
    /// ```
    /// Its value must be of the type that the handler expects; else the handler fails.
    public func replace<Value: Codable & Sendable>(
        _ step: String, with closure: @escaping @Sendable () async throws -> Value
    ) {
        world.replace(step) { try JSON.encode(try await closure()) }
    }

    /// Executes another closure in the place of a step's own that has no result.
    public func replace(_ step: String, with closure: @escaping @Sendable () async throws -> Void) {
        world.replace(step) {
            try await closure()
            return []
        }
    }

    /// Lets the next executions of a step fail, without its closure.
    ///
    /// A ``TerminalError`` ends the step. Any other error is tried again: as the step's own policy
    /// says; without one after 100 ms, also in a test without retries.
    public func fail(_ step: String, times: Int = 1, with error: any Error = StepFailed()) {
        world.fail(step, times: times, with: error)
    }

    /// How often a step was executed, failures included. A replay executes nothing.
    public func executions(of step: String) -> Int { world.executions(of: step) }
}

/// What ``TestEnvironment/fail(_:times:with:)`` lets a step fail with unless it is told otherwise.
public struct StepFailed: Error, CustomStringConvertible, Sendable {
    public init() {}

    public var description: String { "The test lets this step fail" }
}
