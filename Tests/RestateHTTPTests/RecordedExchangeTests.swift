import Foundation
import Primitives
import RestateHTTP
import Support
import Testing

/// The bytes that a real runtime sent over HTTP/1.1 are understood, in the pieces they came in.
@Suite(.timeLimit(.minutes(10))) struct RecordedExchangeTests {
    struct Piece: Decodable {
        var connection: Int
        var isInput: Bool
        var bytes: [UInt8]

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            connection = try fields.decode(Int.self)
            isInput = try fields.decode(String.self) == "in"
            // One character of the recording is one byte.
            bytes = try fields.decode(String.self).unicodeScalars.map {
                UInt8(truncatingIfNeeded: $0.value)
            }
        }
    }

    struct Request: Equatable, Sendable {
        var head: String
        var contentType: String?
        var frames: [Int]
    }

    @Test(arguments: [
        ("request-response", [1, 1, 2]), ("bidirectional", [1, 2]),
    ])
    func `recorded requests are understood`(name: String, perConnection: [Int]) async throws {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appending(path: "Fixtures/http1/\(name).json")
        let pieces = try JSONDecoder().decode([Piece].self, from: Data(contentsOf: file))
        #expect(!pieces.isEmpty)
        let seen = Locked<[Request]>([])
        try await withServer { stream in
            stream.respond(status: 200)
            let body = await stream.wholeInput()
            let request = Request(
                head: "\(stream.method) \(stream.path)", contentType: stream.header("content-type"),
                frames: Self.frameTypes(body))
            seen.withLock { $0.append(request) }
            stream.finish()
        } body: { server in
            for connection in Set(pieces.map(\.connection)).sorted() {
                let socket = try RawSocket(server)
                for piece in pieces where piece.connection == connection && piece.isInput {
                    socket.send(piece.bytes)
                    await Task.yield()
                }
                let count = perConnection[connection - 1]
                let text = await socket.read { Self.answers(in: $0) == count }
                #expect(Self.answers(in: text) == count)
            }
        }
        let invocation = "application/vnd.restate.invocation.v6"
        let discovery = Request(head: "GET /discover", contentType: nil, frames: [])
        // Start, input; then what had been stored, or a completion while it ran.
        let echo = Request(
            head: "POST /invoke/Tour/echo", contentType: invocation, frames: [0x0000, 0x0400])
        var sleep = Request(
            head: "POST /invoke/Tour/sleep", contentType: invocation,
            frames: [0x0000, 0x0400, 0x800c])
        if name == "bidirectional" {
            #expect(seen.withLock { $0 } == [discovery, echo, sleep])
        } else {
            let first = Request(
                head: sleep.head, contentType: invocation, frames: [0x0000, 0x0400])
            sleep.frames = [0x0000, 0x0400, 0x040c, 0x800c]
            #expect(seen.withLock { $0 } == [discovery, echo, first, sleep])
        }
    }

    /// How many complete answers `bytes` are: each a head, and the end of an empty body.
    private static func answers(in bytes: [UInt8]) -> Int? {
        var rest = String(decoding: bytes, as: UTF8.self)[...]
        var count = 0
        while let head = rest.firstRange(of: "\r\n\r\n") {
            if !rest.hasPrefix("HTTP/1.1 200 OK\r\n") { return nil }
            let isChunked = rest[..<head.lowerBound].contains("chunked")
            rest = rest[head.upperBound...]
            if isChunked {
                guard rest.hasPrefix("0\r\n\r\n") else { return nil }
                rest = rest.dropFirst("0\r\n\r\n".count)
            }
            count += 1
        }
        return count
    }

    /// A frame has eight bytes of head: type, flags, length.
    private static func frameTypes(_ body: [UInt8]) -> [Int] {
        var types: [Int] = []
        var rest = body[...]
        while rest.count >= 8 {
            let head = Array(rest.prefix(8))
            types.append(Int(head[0]) << 8 | Int(head[1]))
            rest = rest.dropFirst(8 + head[4...].reduce(0) { $0 << 8 | Int($1) })
        }
        return types
    }
}
