internal import Foundation
internal import Primitives
internal import RestateHTTP
internal import SQLEngine

/// Threads for queries only, so that a long query takes no thread from handlers or the ingress. A
/// thread ends when no query waits.
final class QueryThreads: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var running = 0
    }

    /// Deeply nested queries are processed recursively; see ``SQLParser/expressionLimit``.
    private static let stackSize = 16 << 20

    private let limits: QueryLimits
    private let state = Locked(State())

    init(_ limits: QueryLimits) { self.limits = limits }

    /// Runs a job and returns its result, or nil at once if too many are waiting.
    func run<Result: Sendable>(_ job: @escaping @Sendable () -> Result) async -> Result? {
        await withCheckedContinuation { continuation in
            let isTaken = add { continuation.resume(returning: job()) }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    /// Queues a job, and starts a thread if fewer than allowed are running. Returns false if the
    /// queue is full.
    private func add(_ job: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, needsThread) = state.withLock { state -> (Bool, Bool) in
            guard state.jobs.count < limits.waiting || state.running < limits.threads else {
                return (false, false)
            }
            state.jobs.append(job)
            guard state.running < limits.threads else { return (true, false) }
            state.running += 1
            return (true, true)
        }
        if needsThread {
            let thread = Thread { [self] in work() }
            thread.name = "query"
            thread.stackSize = Self.stackSize
            thread.start()
        }
        return isTaken
    }

    private func work() {
        while let job = next() { job() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.jobs.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.jobs.removeFirst()
        }
    }
}
