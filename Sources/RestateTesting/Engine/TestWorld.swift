internal import Primitives
internal import Restate
internal import RestateHTTP
internal import RestateRuntime

/// The outside world of a test: its time, and the replacements for closures of runs.
final class TestWorld: Rehearsal {
    typealias Closure = @Sendable () async throws -> [UInt8]
    /// A stand-in for a closure. It gives its result in the format of the step.
    typealias Replacement = @Sendable (Format?) async throws -> [UInt8]

    /// The failures that are still to be injected into one step.
    private struct Failures {
        var left: Int
        var error: any Error
    }

    private struct State {
        var now: Timestamp
        var replacements: [String: Replacement] = [:]
        var failures: [String: Failures] = [:]
        var executions: [String: Int] = [:]
    }

    private let state: Locked<State>
    let runs: (any RunThreads)?
    /// Sees each closure that is executed.
    private let observer: (any RunObserver)?

    init(
        startingAt now: Timestamp, runs: (any RunThreads)? = nil, observer: (any RunObserver)? = nil
    ) {
        state = Locked(State(now: now))
        self.runs = runs
        self.observer = observer
    }

    // MARK: Time

    var now: Int64 { Int64(clamping: time) }
    var time: Timestamp { state.withLock { $0.now } }

    func move(to time: Timestamp) {
        state.withLock { $0.now = max($0.now, time) }
    }

    // MARK: Runs

    func replace(_ name: String, with closure: Replacement?) {
        state.withLock { $0.replacements[name] = closure }
    }

    func fail(_ name: String, times: Int, with error: any Error) {
        state.withLock { $0.failures[name] = Failures(left: times, error: error) }
    }

    func executions(of name: String) -> Int { state.withLock { $0.executions[name] ?? 0 } }

    func execute(
        _ run: RehearsedRun, _ format: Format?, _ closure: Closure
    ) async throws -> [UInt8] {
        guard let observer else { return try await perform(run, format, closure) }
        return try await observer.observe(run) { try await self.perform(run, format, closure) }
    }

    private func perform(
        _ run: RehearsedRun, _ format: Format?, _ closure: Closure
    ) async throws -> [UInt8] {
        let (error, replacement) = state.withLock { state in
            state.executions[run.name, default: 0] += 1
            var error: (any Error)?
            if let failures = state.failures[run.name], failures.left > 0 {
                state.failures[run.name]?.left -= 1
                error = failures.error
            }
            return (error, state.replacements[run.name])
        }
        if let error { throw error is TerminalError ? error : InjectedFailure(error) }
        if let replacement { return try await replacement(format) }
        return try await closure()
    }
}

/// Sees each closure of a run that is executed.
protocol RunObserver: Sendable {
    func observe(_ run: RehearsedRun, _ execute: () async throws -> [UInt8]) async throws -> [UInt8]
}
