import EndpointSupport
import Foundation
import Primitives
import RestateTesting
import Support
import Testing

@testable import Nexus

/// Mail to a server that a test plays.
@Suite(.timeLimit(.minutes(10))) struct SMTPTests {
    private let mail = Mail(
        to: "alice@example.com", subject: "Booking Confirmed", text: "One.\n.Two.")

    private func office(_ url: String, _ outbox: Outbox = Outbox(mailTime: .zero)) throws
        -> PostOffice
    {
        PostOffice(outbox: outbox, server: try SMTPServer(url), sender: "nexus@localhost")
    }

    @Test func `a mail is handed over as the protocol wants it`() async throws {
        let server = try SMTPPlayer()
        try await office(server.url).send(mail, key: "inv_1")
        let lines = server.lines
        #expect(
            lines.prefix(4) == [
                "EHLO nexus", "MAIL FROM:<nexus@localhost>", "RCPT TO:<alice@example.com>", "DATA",
            ])
        #expect(lines.contains("Message-ID: <inv_1@nexus>"))
        #expect(lines.contains("Subject: Booking Confirmed"))
        #expect(lines.contains("To: <alice@example.com>"))
        // A line that begins with a dot is not the end.
        #expect(lines.suffix(5) == ["", "One.", "..Two.", ".", "QUIT"])
    }

    @Test func `what is no ASCII travels as base64`() async throws {
        let server = try SMTPPlayer()
        let mail = Mail(to: "bob@example.com", subject: "Sitzplatz für Sie", text: "Reihe Ä")
        try await office(server.url).send(mail, key: "a/b")
        let lines = server.lines
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
        #expect(lines.contains(Data("Reihe Ä".utf8).base64EncodedString()))
        #expect(lines.contains("Content-Transfer-Encoding: base64"))
        #expect(lines.contains("Message-ID: <61-2f-62@nexus>"))
        let subject = Data("Sitzplatz für Sie".utf8).base64EncodedString()
        #expect(lines.contains("Subject: =?utf-8?B?\(subject)?="))
    }

    @Test func `a mail is sent once per key, and those without an address are listed only`()
        async throws
    {
        let server = try SMTPPlayer()
        let outbox = Outbox(mailTime: .zero)
        let office = try office(server.url, outbox)
        try await office.send(mail, key: "a")
        try await office.send(mail, key: "a")
        var other = mail
        other.to = "bob"
        try await office.send(other, key: "b")
        #expect(server.lines.count { $0 == "DATA" } == 1)
        #expect(await outbox.sent.map(\.to) == ["alice@example.com", "bob"])
    }

    @Test func `a booking by an address gets its mail from the server`() async throws {
        let server = try SMTPPlayer()
        var settings = NexusSettings()
        settings.chargeTime = .zero
        settings.mailTime = .zero
        settings.mailTimeLimit = .seconds(600)
        settings.mailServer = try SMTPServer(server.url)
        settings.mailSender = "tickets@example.com"
        let office = BoxOffice(settings)
        try await withRestate(office.endpoint) { restate in
            for user in ["alice@example.com", "bob"] {
                _ = try await restate.service(Checkout.self)
                    .process(OrderInput(ticketID: "seat-\(user)", userID: user))
            }
        }
        #expect(server.lines.contains("MAIL FROM:<tickets@example.com>"))
        #expect(server.lines.filter { $0.hasPrefix("RCPT") } == ["RCPT TO:<alice@example.com>"])
        #expect(
            server.lines.contains("You have successfully purchased ticket seat-alice@example.com."))
        try await serving(office.endpoint) { port in
            let outbox = try await ask(port, "GET", "/api/outbox")
            #expect(outbox.body.contains(#""to":"bob""#))
            #expect(outbox.body.contains(#""to":"alice@example.com""#))
        }
    }

    @Test(arguments: [
        "eve@example.com\r\nBcc: all@example.com", "eve@example.com\nRCPT TO:<all@example.com>",
        "eve@example.com>\r\nDATA", "\r\neve@example.com", "eve@example.com\u{0}",
        "eve@example.com\r", "eve\r\n@example.com",
    ])
    func `a user id with line breaks reaches no mail server`(user: String) async throws {
        let server = try SMTPPlayer()
        let outbox = Outbox(mailTime: .zero)
        let office = try office(server.url, outbox)
        try await office.send(
            Mail(to: user, subject: "Booking Confirmed", text: "One."), key: "a")
        #expect(await outbox.sent.map(\.to) == [user])
        #expect(server.lines.isEmpty)
    }

    @Test func `a seat with line breaks stays in the body of the mail`() async throws {
        let server = try SMTPPlayer()
        let mail = Mail(
            to: "eve@example.com", subject: "Booking Confirmed",
            text: "You have ticket A1\r\n.\r\nMAIL FROM:<x@y>\r\n.")
        try await office(server.url).send(mail, key: "a\r\nBcc: b")
        #expect(server.lines.count { $0.hasPrefix("MAIL FROM") } == 1)
        #expect(server.lines.count { $0 == "." } == 1)
        #expect(!server.lines.contains { $0.hasPrefix("Bcc") })
    }

    @Test func `a server that wants to know who sends is told`() async throws {
        let server = try SMTPPlayer()
        let url = server.url.replacing("smtp://", with: "smtp://me:s%40cret@")
        try await office(url).send(mail, key: "a")
        let words = Data("\0me\0s@cret".utf8).base64EncodedString()
        #expect(server.lines.contains("AUTH PLAIN \(words)"))
        #expect(!"\(try SMTPServer(url))".contains("cret"))
    }

    @Test func `a refusal is an error with the server's words, and nothing is noted`() async throws
    {
        let server = try SMTPPlayer(answers: ["RCPT": "550-No such mailbox\r\n550 here"])
        let outbox = Outbox(mailTime: .zero)
        let error = await #expect(throws: SMTPError.self) {
            try await office(server.url, outbox).send(mail, key: "a")
        }
        #expect(
            error?.description
                == "\(server.url) answers to RCPT TO:<alice@example.com>: 550 here")
        #expect(await outbox.sent.isEmpty)
    }

    @Test func `a server that is not there, or is no mail server, is told`() async throws {
        let port = try SilentPort()
        let gone = await #expect(throws: SMTPError.self) {
            try await office("smtp://127.0.0.1:\(port.number)").send(mail, key: "a")
        }
        #expect(
            gone?.description
                == "127.0.0.1:\(port.number) cannot be reached: Connection refused")
        let server = try SMTPPlayer(greeting: "HTTP/1.1 400 Bad Request")
        let other = await #expect(throws: SMTPError.self) {
            try await office(server.url).send(mail, key: "a")
        }
        #expect(other?.description == "\(server.url) speaks no SMTP: 'HTTP/1.1 400 Bad Request'")
    }

    @Test(arguments: [
        ("http://a", "it must begin with smtp://"), ("smtp://", "it has no host"),
        ("smtp://a:99999", "its port is not a number from 1 to 65535"),
        ("smtp://a/b", "behind the port nothing is possible"),
    ])
    func `what is no address of a mail server is refused`(text: String, reason: String) {
        let error = #expect(throws: InvalidSMTPURL.self) { try SMTPServer(text) }
        #expect(error?.description == "'\(text)' cannot be a mail server's URL: \(reason).")
    }
}
