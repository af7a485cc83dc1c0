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

/// A mail is not sent in the time that its buyer waits for it.
struct MailTakesLong: Error, CustomStringConvertible {
    var description: String { "The mail takes too long" }
}
