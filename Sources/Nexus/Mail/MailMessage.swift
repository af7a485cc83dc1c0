internal import Foundation

/// A mail as it travels: lines of ASCII (RFC 5322).
struct MailMessage {
    let sender: String
    let receiver: String
    let lines: [String]

    init(_ mail: Mail, from sender: String, key: String, date: Date) {
        self.sender = sender
        receiver = mail.to
        let isPlain = mail.text.utf8.allSatisfy { (0x20..<0x7f).contains($0) || $0 == 0x0a }
        let isShort = mail.text.split(separator: "\n").allSatisfy { $0.utf8.count <= 900 }
        var lines = [
            "Date: \(Self.text(date))", "From: <\(sender)>", "To: <\(mail.to)>",
            "Subject: \(Self.headerText(mail.subject))", "Message-ID: <\(Self.id(key))@nexus>",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: \(isPlain && isShort ? "7bit" : "base64")", "",
        ]
        if isPlain, isShort {
            lines += mail.text.split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
        } else {
            var rest = Data(mail.text.utf8).base64EncodedString()[...]
            while !rest.isEmpty {
                lines.append(String(rest.prefix(76)))
                rest = rest.dropFirst(76)
            }
        }
        self.lines = lines
    }

    /// What is sent behind DATA: a line that begins with a dot gets another one, so that none is taken for
    /// the end.
    var data: String {
        lines.map { $0.hasPrefix(".") ? "." + $0 : $0 }.joined(separator: "\r\n") + "\r\n.\r\n"
    }

    private static func headerText(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7f).contains($0) } && text.utf8.count <= 900
        return isPlain ? text : "=?utf-8?B?\(Data(text.utf8).base64EncodedString())?="
    }

    /// The key if it can stand in an id, or else its bytes as digits.
    private static func id(_ key: String) -> String {
        let isPlain =
            !key.isEmpty
            && key.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || "_-".utf8.contains($0)
            }
        return isPlain ? key : key.utf8.map { String($0, radix: 16) }.joined(separator: "-")
    }

    private static func text(_ date: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, d MMM yyyy HH:mm:ss '+0000'"
        return format.string(from: date)
    }
}
