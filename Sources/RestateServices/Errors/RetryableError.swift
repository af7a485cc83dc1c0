/// Ends an attempt and sets the delay before the next one.
///
/// The closure of a run or a handler throws it. Any other ordinary error is retried too, with the
/// delays of the run's policy or the server's.
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
/// - Important: An explicit delay overrides the retry policy of the service: the server does not
///   count such attempts and retries without end. The policy of a run does count them, so that its
///   maximum of attempts or time still applies; otherwise the code itself must stop.
public struct RetryableError: Error, Equatable, Sendable {
    /// The text of the error. A text over 8 KiB is shortened in its middle.
    public var message: String
    /// The time from the end of this attempt to the beginning of the next one, in whole
    /// milliseconds. Nil leaves it to the run's policy, or to the server.
    public var retryAfter: Duration?
    /// The code that the server shows. If a run's policy ends the retries here, it is the code of
    /// the terminal error.
    public var code: UInt16

    /// Makes the error. Without a delay it is retried as any other ordinary error.
    public init(_ message: String, retryAfter: Duration? = nil, code: UInt16 = 500) {
        self.message = message
        self.retryAfter = retryAfter
        self.code = code
    }
}

extension RetryableError: CustomStringConvertible {
    public var description: String { message }
}

/// Ends an attempt and pauses the invocation until somebody resumes it.
///
/// The closure of a run or a handler throws it when a retry cannot help but a person can: there is
/// a bug to fix, or an account to top up. It overrides the retry policies of the run and of the
/// service. `restate invocations resume` continues the invocation from its last journal entry.
///
/// ```swift
/// guard let rate = rates[currency] else { throw PauseError("There is no rate for \(currency) yet") }
/// ```
public struct PauseError: Error, Equatable, Sendable {
    /// The text of the error. A text over 8 KiB is shortened in its middle.
    public var message: String

    /// Makes the error with the text that people see who look at the paused invocation.
    public init(_ message: String) {
        self.message = message
    }
}

extension PauseError: CustomStringConvertible {
    public var description: String { message }
}
