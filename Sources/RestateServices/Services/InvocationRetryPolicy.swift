/// Says how often, and after which delays, the server retries an invocation.
///
/// A value that is not set is taken from the service, then from the endpoint's defaults, then from
/// the server.
public struct InvocationRetryPolicy: Sendable, Equatable {
    /// Says what follows the last attempt.
    public enum Exhaustion: Sendable, Equatable {
        /// The invocation pauses until somebody resumes it.
        case pause
        /// The invocation ends with the last error.
        case kill
    }

    /// The delay after the first failure; nil for the server's (500 ms, unless its configuration says
    /// otherwise).
    public var initialInterval: Duration?
    /// The longest delay; nil for the server's.
    public var maxInterval: Duration?
    /// The factor by which each interval is longer than the one before. It is at least 1.
    public var factor: Double?
    /// The most attempts, including the first one.
    public var maxAttempts: Int?
    /// What follows the last attempt; nil for the server's reaction, a pause by default.
    public var onMaxAttempts: Exhaustion?

    /// Makes a policy. What is nil is said by the next level: the service, the endpoint, the server.
    public init(
        initialInterval: Duration? = nil, maxInterval: Duration? = nil, factor: Double? = nil,
        maxAttempts: Int? = nil, onMaxAttempts: Exhaustion? = nil
    ) {
        self.initialInterval = initialInterval
        self.maxInterval = maxInterval
        self.factor = factor
        self.maxAttempts = maxAttempts
        self.onMaxAttempts = onMaxAttempts
    }

    /// Returns this policy, with the values that are not set taken from `other`.
    func completed(by other: InvocationRetryPolicy?) -> InvocationRetryPolicy {
        guard let other else { return self }
        return InvocationRetryPolicy(
            initialInterval: initialInterval ?? other.initialInterval,
            maxInterval: maxInterval ?? other.maxInterval,
            factor: factor ?? other.factor,
            maxAttempts: maxAttempts ?? other.maxAttempts,
            onMaxAttempts: onMaxAttempts ?? other.onMaxAttempts)
    }
}
