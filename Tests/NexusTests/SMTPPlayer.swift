import Foundation
import Primitives

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A mail server on a free port of this machine that takes everything, unless it is told to refuse, and
/// notes what it is told. It serves one connection after the other, on a thread.
final class SMTPPlayer: Sendable {
    private struct Failed: Error {}

    private let listener: Int32
    private let port: Int
    private let heard = Locked<[String]>([])
    private let greeting: String
    private let answers: [String: String]

    var url: String { "smtp://127.0.0.1:\(port)" }
    /// All that clients have said, without line ends.
    var lines: [String] { heard.withLock { $0 } }

    /// - Parameter answers: by the first word of what is said, where it is not taken.
    init(greeting: String = "220 player", answers: [String: String] = [:]) throws {
        self.greeting = greeting
        self.answers = answers
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound else { throw Failed() }
        port = Int(UInt16(bigEndian: address.sin_port))
        let (greeting, answers, heard) = (self.greeting, self.answers, self.heard)
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Self.talk(client, greeting, answers, heard)
                close(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func talk(
        _ client: Int32, _ greeting: String, _ answers: [String: String], _ heard: Locked<[String]>
    ) {
        say(greeting, to: client)
        var input: [UInt8] = []
        var isData = false
        while let line = readLine(client, &input) {
            heard.withLock { $0.append(line) }
            if isData {
                guard line == "." else { continue }
                isData = false
                say("250 taken", to: client)
                continue
            }
            let word = String(line.prefix(4))
            if let answer = answers[word] {
                say(answer, to: client)
            } else if word == "DATA" {
                isData = true
                say("354 go on", to: client)
            } else if word == "EHLO" {
                say("250-player\r\n250 AUTH PLAIN", to: client)
            } else {
                say(word == "QUIT" ? "221 bye" : "250 fine", to: client)
                if word == "QUIT" { return }
            }
        }
    }

    private static func say(_ line: String, to client: Int32) {
        let bytes = Array("\(line)\r\n".utf8)
        _ = bytes.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private static func readLine(_ client: Int32, _ input: inout [UInt8]) -> String? {
        while true {
            if let end = input.firstIndex(of: 0x0a) {
                let line = String(decoding: input[..<end], as: UTF8.self)
                input.removeSubrange(...end)
                return line.hasSuffix("\r") ? String(line.dropLast()) : line
            }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = recv(client, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            input += chunk[..<count]
        }
    }
}
