import RestateMachine

/// How a run is tried again after an ordinary error. A ``TerminalError`` is never retried.
///
/// The waiting is done by the server, so that a crash does not start it over. When the attempts or
/// the time are used up, the run fails with a terminal error that has the last error's text, or the
/// invocation stops until somebody resumes it.
public struct RunRetryPolicy: Sendable, Equatable {
    /// What happens when the last attempt has failed, or the time is used up.
    public enum Exhaustion: Sendable, Equatable {
        /// The run fails with a terminal error.
        case fail
        /// The invocation stops. When it is resumed, the run is tried again.
        case pause
    }

    /// Before the first retry.
    public var initialInterval: Duration
    /// Each interval is the last one times this.
    public var factor: Double
    public var maxInterval: Duration?
    /// Executions in all, the first one included. Nil: no limit.
    public var maxAttempts: Int?
    /// Since the first execution. Nil: no limit.
    public var maxDuration: Duration?
    public var onExhaustion: Exhaustion

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
