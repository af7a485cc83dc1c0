internal import Foundation

/// What is said to a mail server to hand over one mail (RFC 5321). It blocks its thread.
struct SMTPDialogue {
    private let server: SMTPServer
    private let socket: BlockingSocket

    /// Connects.
    init(_ server: SMTPServer) throws {
        self.server = server
        socket = try BlockingSocket(host: server.host, port: server.port)
    }

    func send(_ message: MailMessage) throws {
        try expect(2, "the connection")
        try say("EHLO nexus", expecting: 2)
        if let login = server.login {
            let words = Data("\0\(login.user)\0\(login.password)".utf8).base64EncodedString()
            try say("AUTH PLAIN \(words)", expecting: 2, shown: "AUTH PLAIN")
        }
        try say("MAIL FROM:<\(message.sender)>", expecting: 2)
        try say("RCPT TO:<\(message.receiver)>", expecting: 2)
        try say("DATA", expecting: 3)
        try socket.write(message.data)
        try expect(2, "the mail")
        // It is sent, whatever the server says to that.
        try? say("QUIT", expecting: 2)
    }

    private func say(_ line: String, expecting kind: Int, shown: String? = nil) throws {
        try socket.write(line + "\r\n")
        try expect(kind, shown ?? line)
    }

    /// Reads the reply: lines with one code, of which all but the last have a dash behind it.
    ///
    /// - Parameter kind: the first digit of the code.
    private func expect(_ kind: Int, _ what: String) throws {
        for _ in 0..<Self.lineLimit {
            let line = try socket.readLine()
            let code = Int(line.prefix(3))
            guard let code, (200...599).contains(code) else {
                throw SMTPError("\(server) speaks no SMTP: '\(line.prefix(100))'")
            }
            if line.dropFirst(3).first == "-" { continue }
            guard code / 100 == kind else {
                throw SMTPError("\(server) answers to \(what): \(line.prefix(500))")
            }
            return
        }
        throw SMTPError("\(server) answers to \(what) without end")
    }

    private static let lineLimit = 100
}
