import RestateMachine

/// Says how a run is retried after an ordinary error. A ``TerminalError`` is never retried.
///
/// The server keeps the time between retries, so a crash does not restart the wait. When the
/// attempts or the time are used up, the run fails with a terminal error that has the last error's
/// text, or the invocation pauses until somebody resumes it.
public struct RunRetryPolicy: Sendable, Equatable {
    /// Says what follows the last attempt.
    public enum Exhaustion: Sendable, Equatable {
        /// The run fails with a terminal error.
        case fail
        /// The invocation pauses. When it is resumed, the run is tried again.
        case pause
    }

    /// The time before the first retry.
    public var initialInterval: Duration
    /// The factor by which each interval is longer than the one before.
    public var factor: Double
    /// The longest time between two executions, 10 s by default; nil for no limit.
    public var maxInterval: Duration?
    /// The most executions, including the first one; nil for no limit.
    public var maxAttempts: Int?
    /// The most time since the first execution; nil for no limit.
    public var maxDuration: Duration?
    /// What follows the last execution: by default the run fails with a terminal error.
    public var onExhaustion: Exhaustion

    /// Makes a policy. By default it retries without end after 50 ms, 100 ms and so on up to 10 s.
    public init(
        initialInterval: Duration = .milliseconds(50), factor: Double = 2,
        maxInterval: Duration? = .seconds(10), maxAttempts: Int? = nil,
        maxDuration: Duration? = nil, onExhaustion: Exhaustion = .fail
    ) {
        self.initialInterval = initialInterval
        self.factor = factor
        self.maxInterval = maxInterval
        self.maxAttempts = maxAttempts
        self.maxDuration = maxDuration
        self.onExhaustion = onExhaustion
    }

    var machinePolicy: RunRetry {
        RunRetry(
            initialInterval: initialInterval, factor: factor, maxInterval: maxInterval,
            maxAttempts: maxAttempts.map { UInt32(clamping: $0) }, maxDuration: maxDuration,
            onMax: onExhaustion == .pause ? .pause : .terminal)
    }
}
