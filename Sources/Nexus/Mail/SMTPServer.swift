internal import Foundation

/// A server that takes mail: `smtp://[user:password@]host[:port]`.
///
/// The connection is not encrypted: it is for a server on this machine or in this network, which passes
/// the mail on.
public struct SMTPServer: Equatable, Sendable, CustomStringConvertible {
    let host: String
    let port: Int
    let login: Login?

    struct Login: Equatable, Sendable {
        var user: String
        var password: String
    }

    /// - Throws: ``InvalidSMTPURL`` with a sentence about what is wrong.
    public init(_ text: String) throws(InvalidSMTPURL) {
        guard let url = URLComponents(string: text), url.scheme?.lowercased() == "smtp" else {
            throw InvalidSMTPURL(text, "it must begin with smtp://")
        }
        guard let host = url.host, !host.isEmpty else {
            throw InvalidSMTPURL(text, "it has no host")
        }
        guard url.path.isEmpty || url.path == "/", url.query == nil, url.fragment == nil else {
            throw InvalidSMTPURL(text, "behind the port nothing is possible")
        }
        guard (1...65535).contains(url.port ?? 25) else {
            throw InvalidSMTPURL(text, "its port is not a number from 1 to 65535")
        }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? 25
        login = url.user.map { Login(user: $0, password: url.password ?? "") }
    }

    /// Without the password.
    public var description: String {
        "smtp://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// Sends one mail over a connection of its own: mails are few, and a connection that was kept too long
    /// would fail for nothing.
    ///
    /// - Parameter key: becomes the mail's id, by which a receiver knows a mail that comes twice.
    /// - Throws: ``SMTPError`` with the server's words.
    func send(_ mail: Mail, from sender: String, key: String) async throws {
        let message = MailMessage(mail, from: sender, key: key, date: Date())
        try await withCheckedThrowingContinuation { done in
            // Sockets that block have a thread of their own.
            DispatchQueue.global().async {
                done.resume(
                    with: Result {
                        try SMTPDialogue(self).send(message)
                    })
            }
        }
    }
}

/// A text that is not the address of a mail server.
public struct InvalidSMTPURL: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ text: String, _ reason: String) {
        // Not the text itself: it may have a password in it.
        let shown = text.contains("@") ? "That" : "'\(text)'"
        description = "\(shown) cannot be a mail server's URL: \(reason)."
    }
}

/// Why a mail was not taken.
public struct SMTPError: Error, Equatable, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
