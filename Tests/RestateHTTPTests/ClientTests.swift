import Testing

@testable import RestateHTTP
import Support

/// The client against servers that answer in other ways than ours. No socket is needed.
@Suite struct ClientTests {
    /// What a client makes of `text`, given whole and byte by byte.
    private func answer(
        _ text: String, method: String = "GET", thenEnds: Bool = false
    ) -> [(stream: ClientStream, session: HTTP1ClientSession, body: String)] {
        let bytes = Array(text.utf8)
        return [bytes.count, 1].map { size in
            let session = HTTP1ClientSession(limits: HTTPLimits())
            let stream = ClientStream(loop: EventLoop())
            session.begin(
                stream, RequestHead(method: method, path: "/", authority: "x"), endStream: true)
            var out = ByteBuffer()
            session.produce(into: &out)
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes {
                    session.receive($0)
                }
            }
            if thenEnds {
                _ = session.inputClosed()
                session.connectionLost()
            }
            return (stream, session, String(decoding: stream.takeInput(), as: UTF8.self))
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 \r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nt: v\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\na: b\r\n\r\n"
            + "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
    ])
    func `an answer of known length leaves the connection usable`(text: String) {
        for (stream, session, body) in answer(text) {
            #expect(stream.responseStatus == 200)
            #expect(body == "hello")
            #expect(stream.inputEnded)
            #expect(stream.isClosed)
            #expect(session.isUsable)
        }
    }

    @Test func `news without end on the way to an answer are given up`() {
        let news = String(repeating: "HTTP/1.1 103 Hints\r\n\r\n", count: 1000)
        for (stream, session, _) in answer(news) {
            #expect(stream.responseStatus == nil)
            #expect(!session.isUsable)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\nx: y\r\n\r\nhello",
    ])
    func `an answer of unknown length ends with the connection`(text: String) {
        for (stream, session, body) in answer(text) {
            #expect(body == "hello")
            #expect(!stream.inputEnded)
            #expect(!session.isUsable)
        }
        for (stream, _, body) in answer(text, thenEnds: true) {
            #expect(body == "hello")
            #expect(stream.inputEnded)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ])
    func `an answer that is cut off has no end`(text: String) {
        for (stream, _, body) in answer(text, thenEnds: true) {
            #expect(body == "hello")
            #expect(!stream.inputEnded)
            #expect(stream.isClosed)
        }
    }

    @Test(arguments: ["HTTP/1.1 204 No\r\n\r\n", "HTTP/1.1 304 No\r\ncontent-length: 9\r\n\r\n"])
    func `some answers never have a body`(text: String) {
        for (stream, session, body) in answer(text) {
            #expect(body == "")
            #expect(stream.isClosed)
            #expect(session.isUsable)
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"
        for (stream, session, _) in answer(head, method: "HEAD") {
            #expect(stream.inputEnded)
            #expect(session.isUsable)
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n", "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    ])
    func `an answer that is none is not believed`(text: String) {
        for (stream, session, _) in answer(text) {
            #expect(stream.responseStatus == nil)
            #expect(!session.isUsable)
        }
    }

    @Test func `a connection that says close is not used again`() {
        let text = "HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 2\r\n\r\nok"
        for (stream, session, body) in answer(text) {
            #expect(body == "ok")
            #expect(stream.isClosed)
            #expect(!session.isUsable)
            #expect(session.isDone)
        }
    }

    @Test func `nobody listens is an error that names the port`() async throws {
        let loop = EventLoop()
        loop.start()
        let silent = try SilentPort()
        let port = silent.number
        let result = await Task(executorPreference: loop) { () async throws(SystemError) -> Bool in
            try await ClientConnection.connect(loop: loop, host: "127.0.0.1", port: port).isUsable
        }.result
        let error = #expect(throws: SystemError.self) { try result.get() }
        #expect(error?.description == "connect 127.0.0.1:\(port): Connection refused")
        await loop.stopped()
    }

    @Test func `a name is resolved`() async throws {
        let server = try HTTPServer.start(host: "", port: 0, loops: 1) { _ in Silent() }
        let loop = EventLoop()
        loop.start()
        let port = server.port
        let isUsable = try await Task(executorPreference: loop) {
            let connection = try await ClientConnection.connect(
                loop: loop, host: "localhost", port: port)
            defer { connection.close() }
            // Still on the loop, although the resolver was not.
            return connection.isUsable && loop.isCurrent
        }.value
        #expect(isUsable)
        await loop.stopped()
        await server.shutdown(deadline: .zero)
    }
}

private final class Silent: RequestReceiver {
    func received(_ stream: RequestStream) { stream.respond(status: 404) }
}
