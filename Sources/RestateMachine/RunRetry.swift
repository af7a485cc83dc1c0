package import RestateProtocol
import Times

/// How often the closure of a run is executed, and how long the server waits between attempts.
package struct RunRetry: Equatable, Sendable {
    package enum Exhaustion: Equatable, Sendable {
        /// The run fails with the last error as its result.
        case terminal
        /// The invocation pauses until it is resumed.
        case pause
    }

    /// The delay before the first retry; nil leaves all delays to the server.
    package var initialInterval: Duration?
    package var factor: Double
    package var maxInterval: Duration?
    /// The most executions, including the first, so that 0 and 1 both mean no retry.
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

    /// Decides what follows after `count` failures in a row.
    func decision(count: UInt32, elapsed: Duration) -> Decision {
        if let maxAttempts, maxAttempts <= count { return .exhausted }
        if let maxDuration, maxDuration <= elapsed { return .exhausted }
        return .retry(after: initialInterval.map { interval($0, retry: count) })
    }

    /// Returns the delay before a retry. Without a maximum it grows up to what fits into a number
    /// of milliseconds.
    private func interval(_ initial: Duration, retry: UInt32) -> Duration {
        initial.grown(
            by: factor, times: Int(retry == 0 ? 0 : retry - 1),
            atMost: maxInterval ?? .milliseconds(Int64.max))
    }
}

/// How the closure of a run ended.
package enum RunOutcome: Equatable, Sendable {
    case value(Bytes)
    /// The closure failed with a terminal error, which is the run's result in all attempts.
    case failure(Failure)
    /// The closure failed and is to be retried: by the policy, or without one endlessly, at the
    /// server's pace.
    case retryable(AttemptFailure, policy: RunRetry?, elapsed: Duration)
}

/// What the caller of a new run gets.
package struct RunStart: Equatable, Sendable {
    package var completionID: UInt32
    /// Whether the journal has the result, so that the closure is not needed.
    package var isReplayed: Bool

    package init(completionID: UInt32, isReplayed: Bool) {
        self.completionID = completionID
        self.isReplayed = isReplayed
    }
}

/// The runs that have no result yet.
struct RunTable: Sendable {
    struct Run: Sendable {
        var command: RelatedCommand
        var isExecuting = false
    }

    private var runs: [UInt32: Run] = [:]
    private(set) var executingCount = 0

    var isEmpty: Bool { runs.isEmpty }

    subscript(id: UInt32) -> Run? { runs[id] }

    /// The commands of the runs whose closures are being executed.
    var executing: [RelatedCommand] { runs.values.filter(\.isExecuting).map(\.command) }

    mutating func add(_ id: UInt32, _ command: RelatedCommand) {
        runs[id] = Run(command: command)
    }

    /// Marks a run as executing. Returns false if it is already, or has a result.
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

    /// Removes a run whose result came from the journal before its closure was started.
    mutating func forgetIfIdle(_ id: UInt32) {
        if runs[id]?.isExecuting == false { runs[id] = nil }
    }
}
