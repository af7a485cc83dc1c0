public import Restate

/// Sends the mails that could not be sent while their buyers waited.
///
/// Its attempts are the server's: for about a day, then the invocation pauses until somebody resumes it
/// (`restate invocations resume`).
public struct MailService: Service {
    // The name of what it does; in Swift that is the protocol of those who can do it.
    public static let name = "Mailer"

    static let retries = InvocationRetryPolicy(
        initialInterval: .seconds(1), maxInterval: .seconds(600), factor: 2, maxAttempts: 154,
        onMaxAttempts: .pause)

    public static let options = ServiceOptions().ingressPrivate().retryPolicy(retries)

    let mailer: any Mailer

    func deliver(_ ctx: Context, mail: WaitingMail) async throws {
        let mailer = mailer
        try await ctx.run("deliver-email") { try await mailer.send(mail.mail, key: mail.key) }
    }

    public struct API: HandlerTable {
        public let deliver = handler(MailService.deliver)

        public init() {}
    }
}

/// A mail, with the key under which it is sent once.
public struct WaitingMail: Codable, Equatable, Sendable {
    public var mail: Mail
    public var key: String

    public init(_ mail: Mail, key: String) {
        self.mail = mail
        self.key = key
    }
}
