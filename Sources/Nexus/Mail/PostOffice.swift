/// Sends mail to those who have an address, by SMTP. Everybody's mail is in the outbox, where also is
/// written down what need not be sent again.
struct PostOffice: Mailer {
    let outbox: Outbox
    let server: SMTPServer
    let sender: String

    func send(_ mail: Mail, key: String) async throws {
        guard MailAddress.isOne(mail.to) else { return try await outbox.send(mail, key: key) }
        if await outbox.hasSent(key) { return }
        try await server.send(mail, from: sender, key: key)
        try await outbox.send(mail, key: key)
    }
}

/// Which texts can be addresses of mail.
public enum MailAddress {
    /// Strict, because a user id is written by a stranger and becomes a line of a protocol: one `@`, and
    /// around it what stands in common addresses.
    public static func isOne(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254 else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && part.first != UInt8(ascii: "-") && part.allSatisfy(isCommon)
        }
    }

    private static func isCommon(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte)
    }
}
