import RestateHTTP
import Support
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Passes each request to a function, in a task of its own.
final class Receiver: RequestReceiver {
    let handler: @Sendable (RequestStream) async -> Void
    init(_ handler: @escaping @Sendable (RequestStream) async -> Void) { self.handler = handler }
    func received(_ stream: RequestStream) { stream.start(handler) }
}

/// Runs `body` with a server, and with a loop for its clients.
func withServer(
    limits: HTTPLimits = HTTPLimits(), loops: Int = 1,
    handler: @escaping @Sendable (RequestStream) async -> Void,
    body: (HTTPServer) async throws -> Void
) async throws {
    let server = try HTTPServer.start(
        host: "127.0.0.1", port: 0, loops: loops, limits: limits
    ) { _ in Receiver(handler) }
    do {
        try await body(server)
    } catch {
        await server.shutdown(deadline: .zero)
        throw error
    }
    await server.shutdown(deadline: .zero)
    #expect(server.openConnections == 0)
}

/// Runs `body` as a task of a new loop, with a connection to the server.
func withClient<R: Sendable>(
    _ server: HTTPServer, _ version: HTTPVersion, limits: HTTPLimits = HTTPLimits(),
    _ body: @escaping @Sendable (ClientConnection) async throws -> R
) async throws -> R {
    let loop = EventLoop()
    loop.start()
    let task = Task(executorPreference: loop) {
        let connection = try await ClientConnection.connect(
            loop: loop, host: "127.0.0.1", port: server.port, version: version, limits: limits)
        defer { connection.close() }
        return try await body(connection)
    }
    let result = await task.result
    await loop.stopped()
    return try result.get()
}

struct Answer: Sendable, Equatable {
    var status: Int?
    var headers: HeaderFields
    var body: [UInt8]
    var resetCode: UInt32?

    var text: String { String(decoding: body, as: UTF8.self) }
}

extension ClientStream {
    /// Reads until the response has ended or the stream is closed.
    func answer() async -> Answer {
        var body: [UInt8] = []
        while true {
            if hasInput { body += takeInput() }
            if inputEnded || isClosed { break }
            await changed()
        }
        return Answer(
            status: responseStatus, headers: responseHeaders, body: body, resetCode: resetCode)
    }

    /// Waits until `text` has arrived. Bytes that arrive with it are kept.
    func wait(for text: String) async -> Bool {
        while true {
            let seen = withInput { String(decoding: $0, as: UTF8.self) }
            if seen.contains(text) { return true }
            if inputEnded || isClosed { return false }
            await changed()
        }
    }
}

extension HTTPStream {
    func write(text: String) { write(Array(text.utf8)) }

    /// Waits until the peer has ended its half, and returns all of its bytes.
    func wholeInput() async -> [UInt8] {
        var body: [UInt8] = []
        while true {
            if hasInput { body += takeInput() }
            if inputEnded || isClosed { return body }
            await changed()
        }
    }
}

extension ClientConnection {
    func send(
        _ method: String, _ path: String, headers: HeaderFields = [:], body: [UInt8]? = nil
    ) async -> Answer {
        let head = RequestHead(
            method: method, path: path, authority: "test", headers: headers, version: version)
        let stream = open(head, endStream: body == nil)
        if let body {
            stream.write(body)
            stream.finish()
        }
        return await stream.answer()
    }
}

/// Sends the bytes back as they arrive.
@Sendable func echo(_ stream: RequestStream) async {
    stream.respond(status: 200, headers: ["content-type": "application/octet-stream"])
    while true {
        if stream.hasInput, !stream.outputIsFull { stream.write(stream.takeInput()) }
        if stream.isClosed { return }
        if stream.inputEnded, !stream.hasInput { break }
        if !stream.hasInput || stream.outputIsFull { await stream.changed() }
    }
    stream.finish()
}

extension RawSocket {
    convenience init(_ server: HTTPServer) throws {
        try self.init(port: server.port)
    }
}

/// Makes frames of HTTP/2 by hand.
enum Frame {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let settings = make(type: 4)
    /// Makes `GET http://x/`, with the end of the stream unless told otherwise.
    static func get(_ stream: UInt32, ends: Bool = true) -> [UInt8] {
        make(type: 1, flags: ends ? 5 : 4, stream: stream, [0x82, 0x86, 0x84, 0x41, 0x01, 0x78])
    }
    static func reset(_ stream: UInt32) -> [UInt8] {
        make(type: 3, stream: stream, [0, 0, 0, 8])
    }
    static func make(
        type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []
    ) -> [UInt8] {
        let count = payload.count
        return [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
            + [24, 16, 8, 0].map { UInt8(stream >> $0 & 255) } + payload
    }

    struct Read {
        var type: UInt8
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]
    }

    static func parse(_ bytes: [UInt8]) -> [Read] {
        var frames: [Read] = []
        var rest = bytes[...]
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            if rest.count < 9 + count { break }
            let stream = head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            frames.append(
                Read(
                    type: head[3], flags: head[4], stream: stream,
                    payload: Array(rest.dropFirst(9).prefix(count))))
            rest = rest.dropFirst(9 + count)
        }
        return frames
    }

    /// Returns the error code of the last GOAWAY in `bytes`.
    static func goAway(in bytes: [UInt8]) -> UInt32? {
        parse(bytes).last { $0.type == 7 }.map { frame in
            frame.payload[4..<8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
    }
}
