import Primitives
import Testing

@testable import RestateHTTP

/// Whatever a peer sends, nothing crashes: all four parsers are fed without any socket.
@Suite(.timeLimit(.minutes(10))) struct GarbageTests {
    @Test(arguments: 0..<40)
    func `random bytes into a server`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<25 {
            let server = ServerLoop(loop: EventLoop(), limits: HTTPLimits())
            let session: Session =
                random.next() % 2 == 0
                ? HTTP2ServerSession(server: server) : HTTP1ServerSession(server: server)
            let isHTTP2 = session is HTTP2ServerSession
            feed(session, isHTTP2 ? frames(&random) : requests(&random), &random)
            session.connectionLost()
            #expect(session.streams.isEmpty)
        }
    }

    @Test(arguments: 0..<40)
    func `random bytes into a client`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<25 {
            let loop = EventLoop()
            let isHTTP2 = random.next() % 2 == 0
            let session: any ClientSession =
                isHTTP2
                ? HTTP2ClientSession(limits: HTTPLimits())
                : HTTP1ClientSession(limits: HTTPLimits())
            let stream = ClientStream(loop: loop)
            session.begin(
                stream, RequestHead(method: "POST", path: "/", authority: "x"), endStream: false)
            stream.write([1, 2, 3])
            feed(session, isHTTP2 ? frames(&random) : responses(&random), &random)
            session.connectionLost()
            #expect(stream.isClosed)
        }
    }

    @Test func `a broken head is not waited for`() {
        let server = ServerLoop(loop: EventLoop(), limits: HTTPLimits())
        let session = HTTP2ServerSession(server: server)
        #expect(session.headBegan != nil)
        var random = SplitMix(seed: 1)
        feed(session, Frame.preface + Frame.settings, &random)
        #expect(session.headBegan == nil)
        // `X: y`, in upper case, which HTTP/2 forbids.
        let broken = Frame.make(
            type: 1, flags: 4, stream: 1, [0x82, 0x86, 0x84, 0, 1, 0x58, 1, 0x79])
        feed(session, broken, &random)
        #expect(session.headBegan == nil)
        #expect(session.streams.isEmpty)
    }

    /// In pieces of any size, with turns between them.
    private func feed(_ session: Session, _ bytes: [UInt8], _ random: inout SplitMix) {
        var rest = bytes[...]
        var out = ByteBuffer()
        while !rest.isEmpty {
            let count = min(rest.count, 1 + Int(random.next() % 200))
            rest.prefix(count).withUnsafeBytes { session.receive($0) }
            rest = rest.dropFirst(count)
            session.produce(into: &out)
            session.deliver()
            out.clear()
        }
    }

    private func frames(_ random: inout SplitMix) -> [UInt8] {
        var bytes = random.next() % 8 == 0 ? [] : Frame.preface
        if random.next() % 4 != 0 { bytes += Frame.settings }
        for _ in 0..<random.next() % 40 {
            let stream = UInt32(random.next() % 8)
            switch random.next() % 5 {
            case 0: bytes += Frame.get(stream | 1, ends: random.next() % 2 == 0)
            case 1: bytes += Frame.make(type: 0, flags: 0, stream: stream, random.bytes(40))
            case 2: bytes += random.bytes(30)
            default:
                bytes += Frame.make(
                    type: UInt8(random.next() % 11),
                    flags: UInt8(truncatingIfNeeded: random.next()),
                    stream: stream, random.bytes(40))
            }
        }
        return bytes
    }

    private func requests(_ random: inout SplitMix) -> [UInt8] {
        let good =
            "POST /p HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            + "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"
        return mutated(good, &random)
    }

    private func responses(_ random: inout SplitMix) -> [UInt8] {
        let good =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc"
        return mutated(good, &random)
    }

    private func mutated(_ good: String, _ random: inout SplitMix) -> [UInt8] {
        var bytes = Array(good.utf8)
        for _ in 0..<random.next() % 6 {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 3 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.insert(contentsOf: random.bytes(5), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
            }
        }
        return bytes + random.bytes(20)
    }
}

extension SplitMix {
    /// Fewer than `most` bytes.
    fileprivate mutating func bytes(_ most: UInt64) -> [UInt8] {
        (0..<next() % most).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
