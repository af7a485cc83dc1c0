package import RestateProtocol
import Times

/// How often the closure of a run is tried, and how long the server waits in between.
package struct RunRetry: Equatable, Sendable {
    package enum Exhaustion: Equatable, Sendable {
        /// The run fails for good, with the last error.
        case terminal
        /// The invocation stands still until somebody resumes it. Since version 7.
        case pause
    }

    /// The wait before the first retry. Nil leaves all waits to the server.
    package var initialInterval: Duration?
    package var factor: Double
    package var maxInterval: Duration?
    /// Executions including the first, so that 0 and 1 both mean no retry.
    package var maxAttempts: UInt32?
    package var maxDuration: Duration?
    package var onMax: Exhaustion

    package init(
        initialInterval: Duration?, factor: Double = 1, maxInterval: Duration? = nil,
        maxAttempts: UInt32? = nil, maxDuration: Duration? = nil, onMax: Exhaustion = .terminal
    ) {
        self.initialInterval = initialInterval
        self.factor = factor
        self.maxInterval = maxInterval
        self.maxAttempts = maxAttempts
        self.maxDuration = maxDuration
        self.onMax = onMax
    }

    enum Decision: Equatable {
        case retry(after: Duration?)
        case exhausted
    }

    /// What follows the `count`th failure in a row.
    func decision(count: UInt32, elapsed: Duration) -> Decision {
        if let maxAttempts, maxAttempts <= count { return .exhausted }
        if let maxDuration, maxDuration <= elapsed { return .exhausted }
        return .retry(after: initialInterval.map { interval($0, retry: count) })
    }

    /// Intervals grow without limit, up to what a number of milliseconds can say.
    private func interval(_ initial: Duration, retry: UInt32) -> Duration {
        initial.grown(
            by: factor, times: Int(retry == 0 ? 0 : retry - 1),
            atMost: maxInterval ?? .milliseconds(Int64.max))
    }
}

/// How the closure of a run ended.
package enum RunOutcome: Equatable, Sendable {
    case value(Bytes)
    /// For good: the run has this result in all attempts.
    case failure(Failure)
    /// To be tried again. Without a policy for ever, at the server's pace.
    case retryable(AttemptFailure, policy: RunRetry?, elapsed: Duration)
}

/// What a run gets when it is issued.
package struct RunStart: Equatable, Sendable {
    package var completionID: UInt32
    /// The journal has the result: the closure is not needed at all.
    package var isReplayed: Bool
}

/// The runs whose results are in nobody's hands yet.
struct RunTable: Sendable {
    struct Run: Sendable {
        var command: RelatedCommand
        var isExecuting = false
    }

    private var runs: [UInt32: Run] = [:]
    private(set) var executingCount = 0

    var isEmpty: Bool { runs.isEmpty }

    subscript(id: UInt32) -> Run? { runs[id] }

    /// Those whose closures run.
    var executing: [RelatedCommand] { runs.values.filter(\.isExecuting).map(\.command) }

    mutating func add(_ id: UInt32, _ command: RelatedCommand) {
        runs[id] = Run(command: command)
    }

    /// False if that is not to be done any more.
    mutating func execute(_ id: UInt32) -> Bool {
        guard runs[id]?.isExecuting == false else { return false }
        runs[id]?.isExecuting = true
        executingCount += 1
        return true
    }

    mutating func remove(_ id: UInt32) -> Run? {
        guard let run = runs.removeValue(forKey: id) else { return nil }
        if run.isExecuting { executingCount -= 1 }
        return run
    }

    /// Its result came from elsewhere before its closure was needed.
    mutating func forgetIfIdle(_ id: UInt32) {
        if runs[id]?.isExecuting == false { runs[id] = nil }
    }
}
