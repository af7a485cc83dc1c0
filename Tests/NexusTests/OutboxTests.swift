import Testing

@testable import Nexus

struct OutboxTests {
    private let mail = Mail(to: "alice", subject: "s", text: "t")

    @Test func `a mail is sent once per key`() async throws {
        let outbox = Outbox(mailTime: .zero)
        try await outbox.send(mail, key: "a")
        try await outbox.send(mail, key: "a")
        try await outbox.send(mail, key: "b")
        #expect(
            await outbox.sent == [SentMail(key: "a", mail: mail), SentMail(key: "b", mail: mail)])
    }

    @Test func `the first tries fail, and nothing of them is sent`() async throws {
        let outbox = Outbox(mailTime: .zero, failures: 2)
        await #expect(throws: MailFailed.self) { try await outbox.send(mail, key: "a") }
        await #expect(throws: MailFailed.self) { try await outbox.send(mail, key: "a") }
        #expect(await outbox.sent.isEmpty)
        try await outbox.send(mail, key: "a")
        #expect(await outbox.sent.map(\.key) == ["a"])
    }
}
