/// Keeps how to undo what a handler has done, for the case that it cannot end well.
///
/// `ctx.saga` gives one to its body. How to undo a step is noted before the step: a cancellation can end
/// the wait for what is done all the same. So an undoing must bear that there is nothing to undo.
///
/// ```swift
/// try await ctx.saga { saga in
///     saga.undo("the seat") { try await seat.release(buyer) }
///     try await seat.reserve(buyer)
///     saga.undo("the payment") { try await ctx.run("refund") { try await gateway.refund(key) } }
///     try await ctx.run("charge") { try await gateway.charge(order, key) }
///     try await seat.confirm(buyer)
/// }
/// ```
public final class Saga {
    private struct Step {
        var name: String
        var undo: nonisolated(nonsending) () async throws -> Void
    }

    private var steps: [Step] = []

    init() {}

    /// Notes how to undo the step that follows.
    /// - Parameter name: tells what was not undone, if that fails.
    public func undo(
        _ name: String, _ step: nonisolated(nonsending) @escaping () async throws -> Void
    ) {
        steps.append(Step(name: name, undo: step))
    }

    /// Forgets all that was noted: from here it only goes forward.
    public func forget() { steps = [] }

    /// Forgets what was noted under this name.
    public func forget(_ name: String) { steps.removeAll { $0.name == name } }

    /// Undoes all, the last first, each although another one failed.
    /// - Returns: the error with what could not be undone in its message.
    nonisolated(nonsending) fileprivate func unwind(
        after error: TerminalError
    ) async throws -> TerminalError {
        var failures: [String] = []
        while let step = steps.popLast() {
            do {
                try await step.undo()
            } catch let failure as TerminalError {
                failures.append("\(step.name) was not undone: \(failure.message)")
            }
        }
        guard !failures.isEmpty else { return error }
        var error = error
        error.message = ([error.message] + failures).joined(separator: "; ")
        return error
    }
}

@available(*, unavailable)
extension Saga: Sendable {}

extension Context {
    /// Runs a part of the handler whose steps are undone if it ends with a terminal error, cancellation
    /// included.
    ///
    /// What was noted is undone last first, each although another one failed, and no
    /// cancellation stops it half-way. Any other error and a suspension undo nothing: the handler goes on
    /// in another attempt.
    /// - Throws: the body's error, with what could not be undone in its message.
    @discardableResult
    public nonisolated(nonsending) func saga<Value>(
        _ body: nonisolated(nonsending) (Saga) async throws -> Value
    ) async throws -> Value {
        let saga = Saga()
        do {
            return try await body(saga)
        } catch let error as TerminalError {
            let told = try await withoutCancellation { try await saga.unwind(after: error) }
            throw told
        }
    }
}
