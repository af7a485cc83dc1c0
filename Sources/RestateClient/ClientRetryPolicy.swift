import Times

/// How long trouble with the connection or a busy server is waited out.
///
/// Only requests that may be made twice are: with an idempotency key, the start of a workflow, and
/// questions for results.
public struct ClientRetryPolicy: Sendable {
    /// Counts the first attempt.
    public var maxAttempts: Int
    public var initialInterval: Duration
    public var factor: Double
    /// Bounds what a server's `Retry-After` asks for, too.
    public var maxInterval: Duration

    public init(
        maxAttempts: Int = 5, initialInterval: Duration = .milliseconds(100), factor: Double = 2,
        maxInterval: Duration = .seconds(10)
    ) {
        self.maxAttempts = maxAttempts
        self.initialInterval = initialInterval
        self.factor = factor
        self.maxInterval = maxInterval
    }

    public static let never = ClientRetryPolicy(maxAttempts: 1)

    /// The delay after so many failed attempts; nil when it is enough.
    ///
    /// - Parameter retryAfter: what the server asked for.
    func delay(afterFailures count: Int, retryAfter: Duration?) -> Duration? {
        guard count < maxAttempts else { return nil }
        // A task cannot sleep as long as a duration can be.
        let maxInterval = min(maxInterval, .seconds(30 * 86_400))
        if let retryAfter { return max(min(retryAfter, maxInterval), .zero) }
        return initialInterval.grown(by: factor, times: count - 1, atMost: maxInterval)
    }
}
