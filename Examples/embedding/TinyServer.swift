import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

struct TinyRequest: Sendable {
    var method = ""
    var path = ""
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
}

struct TinyResponse: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    init(status: Int, text: String) {
        self.init(
            status: status, headers: [("content-type", "text/plain; charset=utf-8")],
            body: Array(text.utf8))
    }
}

struct TinyServerError: Error {
    var reason: String
}

/// The smallest HTTP/1.1 server that shows the point: one request for each connection, whole bodies, a
/// thread for each. It stands for whatever server a program has already.
final class TinyServer: Sendable {
    private let listener: Int32
    let port: Int

    init(port text: String) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(
            listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = (UInt16(text) ?? 0).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard isOpen else { throw TinyServerError(reason: "port \(text) cannot be opened") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Serves until the process ends.
    func serve(
        _ respond: @escaping @Sendable (TinyRequest) async throws -> TinyResponse
    ) async {
        let (connections, source) = AsyncStream.makeStream(of: Int32.self)
        Thread.detachNewThread { [listener] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection >= 0 { source.yield(connection) }
            }
        }
        for await connection in connections {
            Thread.detachNewThread {
                let request = Self.read(connection)
                Task {
                    let response =
                        (try? await respond(request))
                        ?? TinyResponse(status: 500, text: "It was broken off.\n")
                    Self.write(response, to: connection)
                    close(connection)
                }
            }
        }
    }

    // MARK: HTTP

    private static func read(_ connection: Int32) -> TinyRequest {
        var reader = Reader(connection: connection)
        var request = TinyRequest()
        let words = reader.line().split(separator: " ")
        request.method = String(words.first ?? "")
        request.path = words.count > 1 ? String(words[1]) : ""
        while case let line = reader.line(), let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            request.headers.append((line[..<colon].lowercased(), value))
        }
        let length = request.headers.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        if let length {
            request.body = reader.bytes(length)
        } else if request.headers.contains(where: { $0.name == "transfer-encoding" }) {
            while let size = Int(reader.line(), radix: 16), size > 0 {
                request.body += reader.bytes(size)
                _ = reader.line()
            }
            _ = reader.line()
        }
        return request
    }

    private static func write(_ response: TinyResponse, to connection: Int32) {
        var head = "HTTP/1.1 \(response.status) \r\n"
        for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
        head += "content-length: \(response.body.count)\r\nconnection: close\r\n\r\n"
        let bytes = Array(head.utf8) + response.body
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private struct Reader {
        let connection: Int32
        var buffer: [UInt8] = []

        /// Reads more, or returns false at the end.
        private mutating func fill() -> Bool {
            var piece = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &piece, piece.count, 0)
            guard count > 0 else { return false }
            buffer += piece[..<count]
            return true
        }

        mutating func line() -> String {
            while true {
                if let end = buffer.firstIndex(of: 10) {
                    let line = buffer[..<end].filter { $0 != 13 }
                    buffer.removeFirst(end + 1)
                    return String(decoding: line, as: UTF8.self)
                }
                guard fill() else { return "" }
            }
        }

        mutating func bytes(_ count: Int) -> [UInt8] {
            while buffer.count < count, fill() {}
            defer { buffer.removeFirst(min(count, buffer.count)) }
            return Array(buffer.prefix(count))
        }
    }
}
