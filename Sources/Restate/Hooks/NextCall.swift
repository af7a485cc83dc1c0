import Primitives

/// The `next` of one hook: how often it was called, and what came of it.
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

    /// Runs `body`, unless that was done before.
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

    /// Decides what counts, now that the hook has ended.
    ///
    /// - Parameter thrown: what it threw, if it did not return.
    func settle(_ thrown: (any Error)?) throws {
        switch state.withLock({ $0 }) {
        case .calledTwice: throw calledTwice
        case .underWay: throw HookError(hooks, method, "ended before 'next' had")
        case .notCalled:
            throw thrown ?? HookError(hooks, method, "returned without calling 'next'")
        case .ended(let error):
            // The hook's own error counts before the one that it was given: it may have changed it.
            if let error = thrown ?? error { throw error }
        }
    }

    private var calledTwice: HookError { HookError(hooks, method, "called 'next' twice") }
}
