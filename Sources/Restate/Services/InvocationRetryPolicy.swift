/// How often, and how fast, the server tries an invocation again.
///
/// Unset values are those of the service, then of the endpoint's defaults, then of the server.
public struct InvocationRetryPolicy: Sendable, Equatable {
    /// What happens when the last attempt has failed.
    public enum Exhaustion: Sendable, Equatable {
        /// The invocation waits until somebody resumes it.
        case pause
        /// It ends with the last error.
        case kill
    }

    public var initialInterval: Duration?
    public var maxInterval: Duration?
    /// Each interval is the last one times this: 1 or more.
    public var factor: Double?
    /// Counts the first attempt too.
    public var maxAttempts: Int?
    public var onMaxAttempts: Exhaustion?

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

    /// This policy, and from another one what it leaves unsaid.
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
