import Primitives
import RestateHTTP
import Support
import Testing

/// Peers that take their time, or are gone.
@Suite(.timeLimit(.minutes(10))) struct TimeLimitTests {
    private var short: HTTPLimits {
        var limits = HTTPLimits()
        limits.bodyTimeout = .milliseconds(200)
        limits.bodyProgress = 16
        limits.stallTimeout = .milliseconds(200)
        limits.pingInterval = .milliseconds(200)
        limits.pingTimeout = .milliseconds(200)
        return limits
    }

    /// Waits for the body as somebody does who can do nothing without it.
    @Sendable private static func demanding(_ stream: RequestStream) async {
        stream.awaitsBody = true
        let body = await stream.wholeInput()
        stream.respond(status: 200)
        stream.write(text: "\(body.count)")
        stream.finish()
    }

    @Test(arguments: [0, 1])
    func `over HTTP 1 a body that does not come or drips is given up`(drop: Int) async throws {
        try await withServer(limits: short, handler: Self.demanding) { server in
            let socket = try RawSocket(server)
            socket.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n")
            let drops = Task {
                while server.openConnections > 0, drop > 0 {
                    socket.send("x")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(await socket.readText().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            drops.cancel()
            while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test func `over HTTP 2 a body that does not come is given up and the connection stays`()
        async throws
    {
        try await withServer(limits: short, handler: Self.demanding) { server in
            try await withClient(server, .http2) { connection in
                let stream = connection.open(RequestHead(method: "POST", path: "/", authority: "x"))
                #expect(await stream.answer().status == 408)
                #expect(await connection.send("POST", "/", body: [1, 2]).text == "2")
            }
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a body that makes progress may take its time`(version: HTTPVersion) async throws {
        try await withServer(limits: short, handler: Self.demanding) { server in
            try await withClient(server, version) { connection in
                let stream = connection.open(RequestHead(method: "POST", path: "/", authority: "x"))
                for _ in 0..<50 {
                    stream.write([UInt8](repeating: 1, count: 100))
                    for _ in 0..<10 { await connection.loop.turn() }
                }
                stream.finish()
                #expect(await stream.answer().text == "5000")
            }
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a silent conversation is left alone`(version: HTTPVersion) async throws {
        try await withServer(limits: short, handler: echo) { server in
            try await withClient(server, version) { connection in
                let stream = connection.open(RequestHead(method: "POST", path: "/", authority: "x"))
                for text in ["one", "two"] {
                    stream.write(text: text)
                    #expect(await stream.wait(for: text))
                    for _ in 0..<700 { await connection.loop.turn() }
                }
                stream.finish()
                #expect(await stream.answer().text == "onetwo")
            }
        }
    }

    /// Writes more than any buffer on the way takes.
    @Sendable private static func endless(_ stream: RequestStream) async {
        stream.respond(status: 200)
        while !stream.isClosed {
            if stream.outputIsFull {
                await stream.changed()
            } else {
                stream.write([UInt8](repeating: 1, count: 65_536))
                await stream.loop.turn()
            }
        }
    }

    @Test func `over HTTP 1 a reader that stops is given up`() async throws {
        let hasBegun = Locked(false)
        try await withServer(limits: short) { stream in
            hasBegun.withLock { $0 = true }
            await Self.endless(stream)
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            while !hasBegun.withLock({ $0 }) { await Task.yield() }
            while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(1)) }
            // What was in the buffers on the way, and then no end of the body: the answer broke off.
            let seen = await socket.read()
            #expect(seen.starts(with: Array("HTTP/1.1 200".utf8)))
            #expect(!seen.suffix(5).elementsEqual(Array("0\r\n\r\n".utf8)))
        }
    }

    @Test func `over HTTP 2 a stream that nobody reads is reset and the connection stays`()
        async throws
    {
        var limits = short
        limits.pingInterval = .seconds(60)
        try await withServer(limits: limits, handler: Self.endless) { server in
            let socket = try RawSocket(server)
            // No credit beyond the first 65,535 bytes.
            socket.send(Frame.preface + Frame.settings + Frame.get(1))
            let seen = await socket.read {
                Frame.parse($0).contains { $0.type == 3 || $0.type == 7 }
            }
            #expect(Frame.parse(seen).last { $0.type == 3 }?.payload == [0, 0, 0, 8])
            socket.send(Frame.make(type: 6, [1, 2, 3, 4, 5, 6, 7, 8]))
            let rest = await socket.read { Frame.parse($0).contains { $0.type == 6 } }
            #expect(Frame.goAway(in: rest) == nil)
        }
    }

    @Test func `a client that vanishes without a word is found out while it is waited for`()
        async throws
    {
        let cancelled = Locked(false)
        try await withServer(limits: short) { stream in
            stream.respond(status: 200)
            while !stream.isClosed { await stream.changed() }
            cancelled.withLock { $0 = Task.isCancelled }
        } body: { server in
            let socket = try RawSocket(server)
            socket.send(Frame.preface + Frame.settings + Frame.get(1, ends: false))
            // It reads, but answers no PING.
            let seen = await socket.read()
            #expect(Frame.parse(seen).contains { $0.type == 6 && $0.flags == 0 })
            while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(1)) }
            while !cancelled.withLock({ $0 }) { await Task.yield() }
        }
    }

    @Test func `an HTTP 2 client that answers stays however long it is silent`() async throws {
        try await withServer(limits: short, handler: echo) { server in
            try await withClient(server, .http2) { connection in
                let stream = connection.open(RequestHead(method: "POST", path: "/", authority: "x"))
                for _ in 0..<1500 { await connection.loop.turn() }
                stream.write(text: "still here")
                #expect(await stream.wait(for: "still here"))
                stream.finish()
            }
        }
    }
}
