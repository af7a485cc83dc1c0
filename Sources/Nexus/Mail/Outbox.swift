package import Restate
internal import RestateHTTP2

/// A mailer whose mail goes no further than a list.
public final class Outbox: Mailer {
    private struct State {
        var sent: [SentMail] = []
        var keys: Set<String> = []
        var failuresLeft: Int
    }

    private let state: Locked<State>
    private let mailTime: Duration

    /// - Parameters:
    ///   - mailTime: how long each mail takes.
    ///   - failures: how many of the first tries fail.
    public init(mailTime: Duration = .milliseconds(200), failures: Int = 0) {
        self.mailTime = mailTime
        state = Locked(State(failuresLeft: failures))
    }

    public func send(_ mail: Mail, key: String) async throws {
        try await Task.sleep(for: mailTime)
        try state.withLock { state in
            guard state.failuresLeft <= 0 else {
                state.failuresLeft -= 1
                throw MailFailed()
            }
            if state.keys.insert(key).inserted { state.sent.append(SentMail(key: key, mail: mail)) }
        }
    }

    package var sent: [SentMail] {
        state.withLock { $0.sent }
    }
}

/// The outbox pretends that its server is busy.
struct MailFailed: Error, CustomStringConvertible {
    var description: String { "The mail server is busy" }
}

/// A mail in the outbox, as `GET /api/outbox` lists it.
package struct SentMail: Codable, Equatable, Sendable {
    package var key: String
    package var to: String
    package var subject: String
    package var text: String

    init(key: String, mail: Mail) {
        self.key = key
        (to, subject, text) = (mail.to, mail.subject, mail.text)
    }
}

extension Endpoint {
    package static let outboxPath = "/api/outbox"

    /// Serves the list of mails beside the handlers.
    package func serving(_ outbox: Outbox) -> Endpoint {
        route("GET", Self.outboxPath) { _ in try HTTPResponse.json(outbox.sent) }
    }
}
