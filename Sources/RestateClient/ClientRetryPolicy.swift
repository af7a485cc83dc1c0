import Times

/// Says how often a request is repeated if the connection fails or the server is overloaded.
///
/// Only requests that may be repeated are: calls with an idempotency key, the start of a workflow,
/// and queries for results.
public struct ClientRetryPolicy: Sendable {
    /// The most attempts, including the first one.
    public var maxAttempts: Int
    public var initialInterval: Duration
    public var factor: Double
    /// The longest interval. It also limits what a server's `Retry-After` asks for.
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

    /// Returns the delay after so many failed attempts; nil if there is no further attempt.
    ///
    /// - Parameter retryAfter: the delay that the server asked for.
    func delay(afterFailures count: Int, retryAfter: Duration?) -> Duration? {
        guard count < maxAttempts else { return nil }
        // `Task.sleep` overflows with longer durations.
        let maxInterval = min(maxInterval, .seconds(30 * 86_400))
        if let retryAfter { return max(min(retryAfter, maxInterval), .zero) }
        return initialInterval.grown(by: factor, times: count - 1, atMost: maxInterval)
    }
}
