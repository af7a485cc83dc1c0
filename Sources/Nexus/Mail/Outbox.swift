public import Restate

/// A mailer whose mail goes no further than a list.
public actor Outbox: Mailer {
    public private(set) var sent: [SentMail] = []
    private var keys: Set<String> = []
    private var failuresLeft: Int
    private let mailTime: Duration
    /// Nil if the list lives no longer than the process.
    private let book: Book<SentMail>?

    /// - Parameters:
    ///   - mailTime: how long each mail takes.
    ///   - failures: how many of the first tries fail.
    public init(mailTime: Duration = .milliseconds(200), failures: Int = 0) {
        self.mailTime = mailTime
        failuresLeft = failures
        book = nil
    }

    /// An outbox that keeps its list in a folder, and goes on from what is there.
    ///
    /// - Parameter patience: with a folder that another process has.
    /// - Throws: ``BookError`` if the folder cannot be used, or another process uses it.
    public init(
        mailTime: Duration = .milliseconds(200), failures: Int = 0, keptIn folder: String,
        patience: FolderPatience = .none
    ) throws {
        self.mailTime = mailTime
        failuresLeft = failures
        let (book, mails) = try Book<SentMail>.open(
            "outbox.jsonl", in: folder, patience: patience)
        self.book = book
        for mail in mails where keys.insert(mail.key).inserted { sent.append(mail) }
    }

    /// Whether a mail was sent under that key.
    public func hasSent(_ key: String) -> Bool { keys.contains(key) }

    public func send(_ mail: Mail, key: String) async throws {
        try await Task.sleep(for: mailTime)
        guard failuresLeft <= 0 else {
            failuresLeft -= 1
            throw MailFailed()
        }
        guard !keys.contains(key) else { return }
        let mail = SentMail(key: key, mail: mail)
        try await book?.add(mail)
        if keys.insert(key).inserted { sent.append(mail) }
    }
}

/// The outbox pretends that its server is busy.
struct MailFailed: Error, CustomStringConvertible {
    var description: String { "The mail server is busy" }
}

/// A mail in the outbox, as `GET /api/outbox` lists it.
public struct SentMail: Codable, Equatable, Sendable {
    public var key: String
    public var to: String
    public var subject: String
    public var text: String

    init(key: String, mail: Mail) {
        self.key = key
        (to, subject, text) = (mail.to, mail.subject, mail.text)
    }
}

extension Endpoint {
    public static let outboxPath = "/api/outbox"

    /// Serves the list of mails beside the handlers, for those who have access to it.
    public func serving(_ outbox: Outbox, for access: OperatorAccess = .everybody) -> Endpoint {
        route("GET", Self.outboxPath, for: access) { _ in
            try RouteResponse.json(await outbox.sent)
        }
    }
}
