import Times

/// Says how often a request is repeated if the connection fails or the server is overloaded.
///
/// Only requests that may be repeated are: calls with an idempotency key, the start of a workflow,
/// and questions.
public struct ClientRetryPolicy: Sendable {
    /// The most attempts, including the first one.
    public var maxAttempts: Int
    /// The delay after the first failure: 100 ms by default.
    public var initialInterval: Duration
    /// Each delay is so many times the one before: twice by default.
    public var factor: Double
    /// The longest interval. It also limits what a server's `Retry-After` asks for.
    public var maxInterval: Duration
    /// How far an interval may be off, as a part of it, so that clients that failed together do not
    /// come back together. An interval that a server asks for only becomes longer.
    public var jitter: Double
    /// How long after the first failure attempts may begin.
    public var maxDuration: Duration
    /// Decides whether a request that may be repeated is, instead of ``IngressError/isTemporary``.
    /// It is not asked about errors of handlers.
    public var shouldRetry: (@Sendable (IngressError) -> Bool)?

    /// Makes a policy, which waits 100 ms, 200 ms and so on by default, and gives up after five
    /// attempts.
    public init(
        maxAttempts: Int = 5, initialInterval: Duration = .milliseconds(100), factor: Double = 2,
        maxInterval: Duration = .seconds(10), jitter: Double = 0.2,
        maxDuration: Duration = .seconds(60),
        shouldRetry: (@Sendable (IngressError) -> Bool)? = nil
    ) {
        self.maxAttempts = maxAttempts
        self.initialInterval = initialInterval
        self.factor = factor
        self.maxInterval = maxInterval
        self.jitter = jitter
        self.maxDuration = maxDuration
        self.shouldRetry = shouldRetry
    }

    /// A client with this policy sends every request once.
    public static let never = ClientRetryPolicy(maxAttempts: 1)

    /// Returns the delay after so many failed attempts; nil if there is no further attempt.
    ///
    /// - Parameters:
    ///   - elapsed: the time since the first failure.
    ///   - retryAfter: the delay that the server asked for.
    ///   - chance: between 0 and 1.
    package func delay(
        afterFailures count: Int, elapsed: Duration, retryAfter: Duration?, chance: Double
    ) -> Duration? {
        guard count < maxAttempts else { return nil }
        // `Task.sleep` overflows with longer durations.
        let ceiling = max(min(maxInterval, HTTPCaller.longest), .zero)
        let spread = jitter > 0 ? min(jitter, 1) : 0
        var delay: Duration
        if let retryAfter {
            delay = max(min(retryAfter, ceiling), .zero)
            delay += delay * (spread * chance)
        } else {
            delay = initialInterval.grown(by: factor, times: count - 1, atMost: ceiling)
            delay = min(delay * (1 + spread * (2 * chance - 1)), ceiling)
        }
        return elapsed + delay <= maxDuration ? delay : nil
    }
}
