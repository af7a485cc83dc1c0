import Primitives

/// Counts the calls of one hook's `next`, and keeps the error that it threw.
final class NextCall: Sendable {
    private enum State {
        case notCalled
        case underWay
        case ended((any Error)?)
        case calledTwice
    }

    private let state = Locked(State.notCalled)
    private let hooks: any InvocationHooks
    private let method: String

    init(_ hooks: any InvocationHooks, _ method: String) {
        self.hooks = hooks
        self.method = method
    }

    /// Runs `body`, unless it was run before.
    func once(_ body: () async throws -> Void) async throws {
        let isFirst = state.withLock { state in
            if case .notCalled = state {
                state = .underWay
                return true
            }
            state = .calledTwice
            return false
        }
        guard isFirst else { throw calledTwice }
        do {
            try await body()
            end(nil)
        } catch {
            end(error)
            throw error
        }
    }

    private func end(_ error: (any Error)?) {
        state.withLock { state in
            if case .underWay = state { state = .ended(error) }
        }
    }

    /// Decides with which error the hook ends, if with any.
    ///
    /// - Parameter thrown: the hook's own error, if it threw one.
    func settle(_ thrown: (any Error)?) throws {
        switch state.withLock({ $0 }) {
        case .calledTwice: throw calledTwice
        case .underWay: throw HookError(hooks, method, "ended before 'next' had")
        case .notCalled:
            throw thrown ?? HookError(hooks, method, "returned without calling 'next'")
        case .ended(let error):
            // The hook's error takes precedence, because the hook may have converted the error of
            // `next`.
            if let error = thrown ?? error { throw error }
        }
    }

    private var calledTwice: HookError { HookError(hooks, method, "called 'next' twice") }
}
