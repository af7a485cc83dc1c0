/// Ends an attempt, and says when the next one is to be made.
///
/// Thrown by the closure of a run or by a handler. Any other ordinary error is retried too, but at the
/// pace of the run's policy or of the server.
///
/// ```swift
/// let receipt = try await ctx.run("charge", retry: RunRetryPolicy(maxAttempts: 5)) {
///     let response = try await gateway.charge(order)
///     if response.status == 429 {
///         throw RetryableError("The gateway is busy", retryAfter: .seconds(response.retryAfter))
///     }
///     return response.receipt
/// }
/// ```
/// - Important: A delay that is asked for beats the retry policy of the service: the server does not count
///   such attempts, and goes on for ever. What ends it is the policy of the run, whose attempts and total
///   time count all the same, or the code itself.
public struct RetryableError: Error, Equatable, Sendable {
    /// What is longer than 8 KiB is sent with its middle left out.
    public var message: String
    /// From the end of this attempt to the beginning of the next one, to the millisecond. Nil leaves it to
    /// the run's policy, or to the server.
    public var retryAfter: Duration?
    /// What the server shows, and the code of the terminal error if a run's policy ends here.
    public var code: UInt16

    public init(_ message: String, retryAfter: Duration? = nil, code: UInt16 = 500) {
        self.message = message
        self.retryAfter = retryAfter
        self.code = code
    }
}

extension RetryableError: CustomStringConvertible {
    public var description: String { message }
}

/// Ends an attempt, and stops the invocation until somebody resumes it.
///
/// Thrown by the closure of a run or by a handler, for what no retry will mend and a person can: a bug to be
/// fixed and deployed, an account to be topped up. Neither a run's retry policy nor the service's is asked.
/// `restate invocations resume` goes on from where it stopped.
///
/// ```swift
/// guard let rate = rates[currency] else { throw PauseError("There is no rate for \(currency) yet") }
/// ```
public struct PauseError: Error, Equatable, Sendable {
    /// What is longer than 8 KiB is sent with its middle left out.
    public var message: String

    public init(_ message: String) {
        self.message = message
    }
}

extension PauseError: CustomStringConvertible {
    public var description: String { message }
}
