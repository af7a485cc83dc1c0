import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// Bodies that their client has spoilt. A server says 500 to them, which blames itself.
@Suite(.timeLimit(.minutes(10))) struct BrokenBodyTests {
    private static let chunked = "transfer-encoding: chunked\r\n\r\n"

    private func answer(
        to rest: String, _ path: String, port: Int
    ) async throws -> (head: String, body: FixtureJSON) {
        let socket = try RawSocket(port: port)
        socket.send(
            "POST \(path) HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" + rest)
        socket.endInput()
        let text = await socket.readText()
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let body = text[end.upperBound...]
        return (String(text[..<end.lowerBound]), try FixtureJSON(parsing: Array(body.utf8)))
    }

    @Test(arguments: [
        "zz\r\n2\r\n0\r\n\r\n", "3 garbage\r\n234\r\n0\r\n\r\n", "\r\n2\r\n0\r\n\r\n",
        "-1\r\n2\r\n0\r\n\r\n", "0x1\r\n2\r\n0\r\n\r\n", "fffffffffffffffff\r\n2\r\n0\r\n\r\n",
        "1\r\n2x\r\n0\r\n\r\n", "1\r\n20\r\n\r\n", "1\n2\r\n0\r\n\r\n",
        "1\r\n2\r\n0\r\nno colon\r\n\r\n",
    ])
    func `malformed chunks are the client's mistake`(chunks: String) async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let (head, body) = try await answer(
                to: Self.chunked + chunks, "/Counter/k/add", port: server.ingressPort)
            #expect(head.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(head.contains("connection: close"))
            #expect(head.contains("x-restate-error-source: ingress"))
            #expect(body["code"]?.integer == 400)
            #expect(body["message"]?.string == "cannot read body: its chunks are malformed")
            #expect(body["source"]?.string == "ingress")
            #expect(try await server.post("Counter/k/get", "").text == "0")
        }
    }

    @Test(arguments: ["content-length: 10\r\n\r\n2", chunked + "1\r\n2\r\n"])
    func `a body that breaks off is the client's mistake`(rest: String) async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let (head, body) = try await answer(
                to: rest, "/Counter/k/add", port: server.ingressPort)
            #expect(head.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(
                body["message"]?.string == "cannot read body: it ended before all of it had come")
            #expect(try await server.post("Counter/k/get", "").text == "0")
        }
    }
}
