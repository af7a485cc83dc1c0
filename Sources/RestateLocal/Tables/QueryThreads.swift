internal import Foundation
internal import Primitives
internal import RestateHTTP
internal import SQLEngine

/// Threads that run queries and nothing else: what a query takes is not taken from handlers and the
/// ingress. A thread ends when nothing waits for it.
final class QueryThreads: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var running = 0
    }

    /// Deep queries are read by recursion; see ``SQLParser/expressionLimit``.
    private static let stackSize = 16 << 20

    private let limits: QueryLimits
    private let state = Locked(State())

    init(_ limits: QueryLimits) { self.limits = limits }

    /// What the job gives; nil if too many wait already.
    func run<Result: Sendable>(_ job: @escaping @Sendable () -> Result) async -> Result? {
        await withCheckedContinuation { continuation in
            let isTaken = add { continuation.resume(returning: job()) }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

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
