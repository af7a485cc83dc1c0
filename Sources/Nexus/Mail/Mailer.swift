internal import Restate

/// Sends mail.
public protocol Mailer: Sendable {
    /// Sends a mail, at most once per key. If it throws, it is asked again.
    func send(_ mail: Mail, key: String) async throws
}

public struct Mail: Codable, Equatable, Sendable {
    public var to: String
    public var subject: String
    public var text: String

    public init(to: String, subject: String, text: String) {
        self.to = to
        self.subject = subject
        self.text = text
    }
}

/// How long a buyer waits for a mail: for three tries.
struct MailPatience {
    let retries: RunRetryPolicy
    /// How long each try may take, so that all of them, with the pauses between, take no longer than the
    /// limit.
    let eachTry: Duration

    private static let tries = 3
    private static let pause = Duration.milliseconds(100)

    init(_ limit: Duration) {
        retries = RunRetryPolicy(
            initialInterval: Self.pause, factor: 2, maxAttempts: Self.tries, maxDuration: limit)
        // The pauses are one and two; the rest is for what lies between.
        eachTry = max(.milliseconds(1), (limit - Self.pause * 3 - .milliseconds(50)) / Self.tries)
    }
}

/// A mail is not sent in the time that its buyer waits for it.
struct MailTakesLong: Error, CustomStringConvertible {
    var description: String { "The mail takes too long" }
}
