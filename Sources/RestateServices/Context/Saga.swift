/// Keeps the compensations of the steps that a handler has made, in case it cannot succeed.
///
/// `ctx.saga` passes one to its body. Note a compensation before its step, because a cancellation
/// can end the wait for a step that is executed all the same. So a compensation must tolerate that
/// its step had no effect.
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
    ///
    /// - Parameters:
    ///   - name: names the compensation in the error if it fails.
    ///   - step: undoes the step. It is a part of the handler, and may call, run and wait.
    public func undo(
        _ name: String, _ step: nonisolated(nonsending) @escaping () async throws -> Void
    ) {
        steps.append(Step(name: name, undo: step))
    }

    /// Forgets all compensations: from here on the handler only goes forward.
    public func forget() { steps = [] }

    /// Forgets the compensations with this name.
    public func forget(_ name: String) { steps.removeAll { $0.name == name } }

    /// Runs all compensations in reverse order, each even if another one failed.
    /// - Returns: the error, whose message lists the compensations that failed.
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
    /// Runs a part of the handler whose steps are undone if it ends with a terminal error, which
    /// includes a cancellation.
    ///
    /// The compensations run in reverse order, each even if another one failed, and no cancellation
    /// interrupts them. Any other error and a suspension undo nothing, because the handler
    /// continues in another attempt.
    /// - Throws: the body's error. Its message lists the compensations that failed.
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
