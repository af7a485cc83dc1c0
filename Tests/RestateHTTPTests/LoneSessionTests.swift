import RestateHTTP
import Testing

/// What the fuzzers found in the sessions of both versions.
struct LoneSessionTests {
    @Test(arguments: ["000", "099", "0200"])
    func `a status below 100 is no answer over HTTP/1.1`(status: String) {
        let head = "HTTP/1.1 \(status) OK\r\ncontent-length: 0\r\n\r\n"
        #expect(self.status(.http1_1, Array(head.utf8)) == nil)
    }

    @Test(arguments: ["000", "099"])
    func `a status below 100 is no answer over HTTP/2`(status: String) {
        let head = Frame.make(type: 1, flags: 5, stream: 1, [0x48, 3] + Array(status.utf8))
        #expect(self.status(.http2, Frame.settings + head) == nil)
    }

    @Test func `a value that no other head has is not entered into the table of HTTP/2`() {
        // What is in the table takes one byte in a later head.
        #expect(sizeOfThirdHead(isUnique: true) > sizeOfThirdHead(isUnique: false) + 8)
    }

    private func sizeOfThirdHead(isUnique: Bool) -> Int {
        let session = LoneSession(client: .http2, on: EventLoop())
        var head = RequestHead(method: "GET", path: "/", authority: "a")
        head.headers.append(name: "x-number", value: "inv_1abcdef", isUnique: isUnique)
        var size = 0
        for _ in 0..<3 {
            #expect(session.open(head, endStream: true) != nil)
            size = session.produce().count
        }
        session.end()
        return size
    }

    /// The status of the only exchange, to which the server says just that.
    private func status(_ version: HTTPVersion, _ bytes: [UInt8]) -> Int? {
        let session = LoneSession(client: version, on: EventLoop())
        let head = RequestHead(method: "GET", path: "/", authority: "a", version: version)
        let stream = session.open(head, endStream: true)
        _ = session.produce()
        session.receive(bytes[...])
        session.end()
        #expect(stream?.isClosed == true)
        return stream?.responseStatus
    }
}
