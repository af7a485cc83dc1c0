/// Messages of HTTP/1.1.
enum HTTP1Grammar {
    static let words: [[UInt8]] = [
        "\r\n", "\r\n\r\n", "\n\n", "\r", "content-length: 3\r\n", "content-length: 3, 3\r\n",
        "Content-Length: +3\r\n", "content-length: 99999999999999999999\r\n",
        "content-length: -1\r\n",
        "transfer-encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "transfer-encoding: identity\r\n",
        "connection: close\r\n", "connection: keep-alive\r\n", "expect: 100-continue\r\n",
        "host: a\r\n",
        "upgrade: h2c\r\n", " folded\r\n", "x :y\r\n", ": y\r\n", "x\r\n", "0\r\n\r\n",
        "ffffffffffffffff\r\n",
        "3;a=b\r\n", "3 \r\n", "trailer: x\r\n", "HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "GET ",
        "HEAD ", "CONNECT ",
        "http://a/b", "*", "/a b", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 204 No Content\r\n",
        "\0", "\u{e9}",
    ].map { Array($0.utf8) }

    static let requests: [[UInt8]] = [
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST /p?q HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "POST /p HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nt: u\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
        "HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        "POST / HTTP/1.0\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nxGET / HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n",
    ].map { Array($0.utf8) }

    static let responses: [[UInt8]] = [
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabcdef",
        "HTTP/1.0 200 OK\r\n\r\nabcdef",
        "HTTP/1.1 204 No Content\r\nx: y\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\nt: u\r\n\r\n",
    ].map { Array($0.utf8) }

    static func request(_ random: inout Randomness) -> [UInt8] {
        let methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "M-SEARCH"]
        let targets = ["/", "/a/b?c=d", "/%2e%2E/%zz", "/\u{e9}", "http://h/x", "*", "//", "/a#b"]
        var text = "\(random.pick(methods)) \(random.pick(targets)) HTTP/1.1\r\nhost: a\r\n"
        for number in 0..<random.size(8) {
            text +=
                random.oneIn(6)
                ? "X-Very-Long: \(String(repeating: "v", count: random.size(9000)))\r\n"
                : "x\(number): \(number)\r\n"
        }
        var bytes = Array(text.utf8)
        switch random.below(3) {
        case 0: bytes += Array("\r\n".utf8)
        case 1:
            let body = random.bytes(random.size(300))
            bytes += Array("content-length: \(body.count)\r\n\r\n".utf8) + body
        default:
            bytes += Array("transfer-encoding: chunked\r\n\r\n".utf8)
            for _ in 0..<random.size(5) {
                let chunk = random.bytes(1 + random.size(100))
                bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10]
            }
            bytes += Array("0\r\n\r\n".utf8)
        }
        return bytes
    }
}

/// Frames of HTTP/2.
enum HTTP2Grammar {
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// Whole frames, and parts of header blocks.
    static let words: [[UInt8]] =
        [
            [0x82, 0x86, 0x84, 0x41, 0x01, 0x78], [0x83], [0x88], [0x40, 1, 0x78, 1, 0x79],
            [0, 1, 0x58, 1, 0x79], [0x3f, 0xe1, 0xff, 0x03], [0xbe],
            [0xff, 0xff, 0xff, 0xff, 0x0f],
            [0x5c, 2, 0x31, 0x30], [0, 8, 0x3a, 0x73, 0x63, 0x68, 0x65, 0x6d, 0x65, 0],
        ] + [
            frame(4), frame(4, flags: 1), frame(6, flags: 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
            frame(7, flags: 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), frame(3, flags: 0, 1, [0, 0, 0, 8]),
            frame(8, flags: 0, 0, [0x7f, 0xff, 0xff, 0xff]), frame(8, flags: 0, 1, [0, 0, 0, 1]),
            frame(0, flags: 1, 1), frame(9, flags: 4, 1),
            frame(4, flags: 0, 0, [0, 4, 0, 0, 0, 0]),
        ]

    static func frame(
        _ type: UInt8, flags: UInt8 = 0, _ stream: UInt32 = 0, _ payload: [UInt8] = []
    ) -> [UInt8] {
        let count = payload.count
        return [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
            + [24, 16, 8, 0].map { UInt8(stream >> $0 & 255) } + payload
    }

    static func client(_ random: inout Randomness) -> [UInt8] {
        var bytes = random.oneIn(20) ? [] : preface + frame(4, flags: 0, 0, settings(&random))
        var stream: UInt32 = 1
        for _ in 0..<random.size(20) {
            switch random.below(4) {
            case 0:
                let ends = random.oneIn(2)
                bytes += frame(1, flags: ends ? 5 : 4, stream, requestBlock(&random))
                if !ends { bytes += body(stream, &random) }
                stream += 2
            default: bytes += any(&random, stream)
            }
        }
        return bytes
    }

    static func server(_ random: inout Randomness) -> [UInt8] {
        var bytes =
            random.oneIn(20) ? [] : frame(4, flags: 0, 0, settings(&random)) + frame(4, flags: 1)
        for _ in 0..<1 + random.size(8) {
            switch random.below(4) {
            case 0:
                bytes += frame(
                    1, flags: 4, 1,
                    [0x48, 3] + Array("\(random.pick([100, 103, 200, 204, 101, 999, 0]))".utf8))
            case 1:
                bytes += frame(1, flags: 4, 1, [0x88] + fields(&random))
                bytes += body(1, &random)
            default: bytes += any(&random, 1)
            }
        }
        return bytes
    }

    private static func settings(_ random: inout Randomness) -> [UInt8] {
        (0..<random.size(4)).flatMap { _ in
            [0, UInt8(random.below(10))]
                + (random.oneIn(2)
                    ? [0, 0, UInt8(random.below(128)), random.byte()] : random.bytes(4))
        }
    }

    private static func requestBlock(_ random: inout Randomness) -> [UInt8] {
        random.pick([[0x82, 0x86, 0x84], [0x83, 0x86, 0x85], [0x83, 0x87, 0x84]]) + [0x41, 1, 0x78]
            + fields(&random)
    }

    private static func fields(_ random: inout Randomness) -> [UInt8] {
        (0..<random.size(6)).flatMap { _ in
            let name = Array("x-\(random.below(5))".utf8)
            let value = random.bytes(random.size(60)).map { 0x20 + $0 % 0x5f }
            return [random.pick([0x40, 0x00, 0x10])] + [UInt8(name.count)] + name + [
                UInt8(value.count)
            ] + value
        }
    }

    private static func body(_ stream: UInt32, _ random: inout Randomness) -> [UInt8] {
        let parts = 1 + random.size(4)
        return (1...parts).flatMap { part in
            frame(
                0, flags: part == parts && !random.oneIn(4) ? 1 : 0, stream,
                random.bytes(random.size(300)))
        }
    }

    private static func any(_ random: inout Randomness, _ recent: UInt32) -> [UInt8] {
        let stream = random.oneIn(3) ? 0 : random.oneIn(4) ? UInt32(random.below(9)) : recent
        return frame(
            UInt8(random.below(11)), flags: random.pick([0, 1, 4, 5, 8, 0x20, 0xff]), stream,
            random.bytes(random.pick([0, 4, 5, 6, 8, 12, random.size(40)])))
    }
}
