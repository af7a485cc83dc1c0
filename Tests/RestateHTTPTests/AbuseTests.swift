import Primitives
import RestateHTTP
import Support
import Testing

/// Peers that send too much, too often or nothing at all.
@Suite(.timeLimit(.minutes(10))) struct AbuseTests {
    private let calm: UInt32 = 11

    /// What makes a stream's beginning worthless: taken back, or wrong so that we take it back.
    enum Waste: CaseIterable {
        case reset, wrongLength
        func frames(_ id: UInt32) -> [UInt8] {
            switch self {
            case .reset: Frame.get(id) + Frame.reset(id)
            // It announces five bytes, and ends.
            case .wrongLength:
                Frame.make(
                    type: 1, flags: 5, stream: id,
                    [0x83, 0x86, 0x84, 0x41, 0x01, 0x78, 0x0f, 0x0d, 0x01, 0x35])
            }
        }
    }

    @Test(arguments: Waste.allCases)
    func `streams wasted again and again end the connection`(waste: Waste) async throws {
        let started = Locked(0)
        try await withServer { stream in
            started.withLock { $0 += 1 }
            await echo(stream)
        } body: { server in
            let socket = try RawSocket(server)
            socket.send(Frame.preface + Frame.settings)
            var bytes: [UInt8] = []
            for number in 0..<10_000 {
                bytes += waste.frames(UInt32(2 * number + 1))
            }
            socket.send(bytes)
            #expect(Frame.goAway(in: await socket.read()) == calm)
            // Those taken back before anybody looked never became a task.
            #expect(started.withLock { $0 } < 1000)
            try await expectAlive(server)
        }
    }

    @Test(arguments: [
        Frame.make(type: 6, [1, 2, 3, 4, 5, 6, 7, 8]),
        Frame.settings,
    ])
    func `a flood of control frames ends the connection`(frame: [UInt8]) async throws {
        var limits = HTTPLimits()
        limits.controlFramesPerSecond = 100
        try await withServer(limits: limits, handler: echo) { server in
            let socket = try RawSocket(server)
            socket.send(Frame.preface + Frame.settings)
            for _ in 0..<10 { socket.send((0..<100).flatMap { _ in frame }) }
            #expect(Frame.goAway(in: await socket.read()) == calm)
            try await expectAlive(server)
        }
    }

    @Test func `a flood of empty DATA frames ends the connection`() async throws {
        var limits = HTTPLimits()
        limits.controlFramesPerSecond = 100
        try await withServer(limits: limits, handler: echo) { server in
            let socket = try RawSocket(server)
            socket.send(Frame.preface + Frame.settings + Frame.get(1, ends: false))
            socket.send((0..<1000).flatMap { _ in Frame.make(type: 0, stream: 1) })
            #expect(Frame.goAway(in: await socket.read()) == calm)
        }
    }

    @Test func `a head over its limit is answered and costs no task`() async throws {
        var limits = HTTPLimits()
        limits.headerListBytes = 4096
        let started = Locked(0)
        try await withServer(limits: limits) { stream in
            started.withLock { $0 += 1 }
            await echo(stream)
        } body: { server in
            let (refused, accepted) = try await withClient(server, .http2) { connection in
                let long = String(repeating: "x", count: 5000)
                let refused = await connection.send("GET", "/", headers: ["x-long": long])
                return (refused, await connection.send("GET", "/"))
            }
            #expect(refused.status == 431)
            #expect(accepted.status == 200)
            #expect(started.withLock { $0 } == 1)
        }
    }

    @Test func `streams beyond the limit wait for room`() async throws {
        var limits = HTTPLimits()
        limits.concurrentStreams = 4
        let most = Locked((now: 0, most: 0))
        try await withServer(limits: limits) { stream in
            most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await stream.loop.turn()
            most.withLock { $0.now -= 1 }
            stream.respond(status: 200)
            stream.finish()
        } body: { server in
            let statuses = try await withClient(server, .http2) { connection in
                // The limit is known once the server's greeting was read.
                _ = await connection.send("GET", "/")
                let streams = (0..<20).map { _ in
                    connection.open(
                        RequestHead(method: "GET", path: "/", authority: "x"), endStream: true)
                }
                var statuses: [Int?] = []
                for stream in streams { statuses.append(await stream.answer().status) }
                return statuses
            }
            #expect(statuses == [Int?](repeating: 200, count: 20))
            #expect(most.withLock { $0.most } <= 4)
        }
    }

    @Test(arguments: [1, 2])
    func `for a connection beyond the limit the oldest idle one goes`(loops: Int) async throws {
        var limits = HTTPLimits()
        limits.connections = 4
        try await withServer(limits: limits, loops: loops, handler: echo) { server in
            var sockets: [RawSocket] = []
            for _ in 0..<12 {
                let socket = try RawSocket(server)
                socket.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
                #expect(await socket.readText(until: "0\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
                sockets.append(socket)
            }
            #expect(server.openConnections <= 4)
            #expect(await sockets[0].read() == [])
            sockets[11].send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await sockets[11].readText(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a body that does not come holds its place only until somebody else needs it`()
        async throws
    {
        var limits = HTTPLimits()
        limits.connections = 4
        try await withServer(limits: limits) { stream in
            stream.awaitsBody = stream.path == "/slow"
            if stream.path == "/slow" { _ = await stream.wholeInput() }
            stream.respond(status: 200)
            stream.finish()
        } body: { server in
            var slow: [RawSocket] = []
            for _ in 0..<20 {
                let socket = try RawSocket(server)
                socket.send("POST /slow HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n")
                slow.append(socket)
            }
            let quick = try RawSocket(server)
            quick.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await quick.readText(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            #expect(await slow[0].read() == [])
        }
    }

    @Test func `where all connections are at work the one beyond the limit is closed`()
        async throws
    {
        var limits = HTTPLimits()
        limits.connections = 2
        let gate = Gate()
        try await withServer(limits: limits) { stream in
            await gate.wait()
            await echo(stream)
        } body: { server in
            let sockets = [try RawSocket(server), try RawSocket(server)]
            for socket in sockets { socket.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n") }
            while await server.openStreams() < 2 {}
            #expect(try await RawSocket(server).read() == [])
            gate.open()
            for socket in sockets {
                #expect(await socket.readText(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test(arguments: [true, false])
    func `streams that are reset after their answer leave the connection`(ends: Bool) async throws {
        try await withServer { stream in
            stream.respond(status: 200)
            stream.finish()
        } body: { server in
            let socket = try RawSocket(server)
            socket.send(Frame.preface + Frame.settings)
            for batch in 0..<50 {
                let ids = (0..<100).map { UInt32(2 * (100 * batch + $0) + 1) }
                socket.send(ids.flatMap { Frame.get($0, ends: ends) })
                let seen = await socket.read { bytes in
                    bytes.count >= 1000 && Frame.parse(bytes).count { $0.type == 1 } >= 100
                }
                let answered = Frame.parse(seen).count { $0.type == 1 }
                #expect(answered == 100)
                if answered < 100 { return }
                #expect(Frame.goAway(in: seen) == nil)
                socket.send(ids.flatMap { Frame.reset($0) })
            }
            socket.send(Frame.make(type: 6, [1, 2, 3, 4, 5, 6, 7, 8]))
            let rest = await socket.read { Frame.parse($0).contains { $0.type == 6 } }
            #expect(Frame.goAway(in: rest) == nil)
        }
    }

    @Test func `a server that takes back all that it waited for keeps its connection`()
        async throws
    {
        var limits = HTTPLimits()
        limits.resetsPerSecond = 10
        limits.resetAge = .milliseconds(1)
        try await withServer(limits: limits, handler: echo) { server in
            let socket = try RawSocket(server)
            let ids = (0..<1000).map { UInt32(2 * $0 + 1) }
            socket.send(Frame.preface + Frame.settings + ids.flatMap { Frame.get($0, ends: false) })
            while await server.openStreams() < 1000 {}
            for _ in 0..<10 { await server.loops[0].turn() }
            socket.send(ids.flatMap { Frame.reset($0) })
            while await server.openStreams() > 0 {}
            socket.send(Frame.make(type: 6, [1, 2, 3, 4, 5, 6, 7, 8]))
            let rest = await socket.read { Frame.parse($0).contains { $0.type == 6 } }
            #expect(Frame.goAway(in: rest) == nil)
        }
    }

    @Test func `a field that may not be leaves no request without it`() async throws {
        let started = Locked(0)
        try await withServer { stream in
            started.withLock { $0 += 1 }
            await echo(stream)
        } body: { server in
            let socket = try RawSocket(server)
            // `k: a<NUL>`, as a literal.
            let field: [UInt8] = [0x00, 0x01, 0x6b, 0x02, 0x61, 0x00]
            let request = Frame.make(
                type: 1, flags: 5, stream: 1, [0x82, 0x86, 0x84, 0x41, 0x01, 0x78] + field)
            socket.send(Frame.preface + Frame.settings + request)
            let seen = await socket.read {
                Frame.parse($0).contains { $0.type == 3 && $0.stream == 1 }
            }
            #expect(Frame.parse(seen).contains { $0.type == 3 && $0.stream == 1 })
            #expect(started.withLock { $0 } == 0)
            try await expectAlive(server)
        }
    }

    @Test(arguments: [
        "", "PRI * HT", "GET / HTTP/1.1\r\nhost:", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ])
    func `a head that never ends is given up`(beginning: String) async throws {
        var limits = HTTPLimits()
        limits.headerTimeout = .milliseconds(100)
        try await withServer(limits: limits, handler: echo) { server in
            let socket = try RawSocket(server)
            socket.send(beginning)
            // Our own greeting may come, and then the end.
            _ = await socket.read()
            while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(1)) }
            #expect(server.openConnections == 0)
        }
    }

    @Test func `a head of HTTP 2 that never ends is given up`() async throws {
        var limits = HTTPLimits()
        limits.headerTimeout = .milliseconds(100)
        try await withServer(limits: limits, handler: echo) { server in
            let socket = try RawSocket(server)
            // HEADERS without END_HEADERS.
            let open = Frame.make(type: 1, flags: 1, stream: 1, [0x82])
            socket.send(Frame.preface + Frame.settings + open)
            #expect(!Frame.parse(await socket.read()).contains { $0.type == 1 })
        }
    }

    @Test func `an idle connection is closed, a waiting exchange is not idle`() async throws {
        var limits = HTTPLimits()
        limits.idleTimeout = .milliseconds(100)
        try await withServer(limits: limits, handler: echo) { server in
            let http1 = try RawSocket(server)
            http1.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            let http2 = try RawSocket(server)
            http2.send(Frame.preface + Frame.settings + Frame.get(1))
            let waiting = try RawSocket(server)
            waiting.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n1")
            #expect(String(decoding: await http1.read(), as: UTF8.self).hasSuffix("\r\n\r\n"))
            // It says goodbye, without an error.
            #expect(Frame.goAway(in: await http2.read()) == 0)
            waiting.send("2")
            #expect(await waiting.readText(until: "0\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func `a body nobody takes stays in the socket`() async throws {
        var limits = HTTPLimits()
        limits.inputWindow = 128 << 10
        let sizes = Locked<[Int]>([])
        let gate = Gate()
        try await withServer(limits: limits) { stream in
            while stream.withInput(\.count) < 128 << 10 { await stream.changed() }
            // More would come if it could.
            for _ in 0..<5 { await stream.loop.turn() }
            let size = stream.withInput(\.count)
            sizes.withLock { $0.append(size) }
            await gate.wait()
            let rest = await stream.wholeInput().count
            stream.respond(status: 200)
            stream.write(text: "\(rest)")
            stream.finish()
        } body: { server in
            for (number, version) in [HTTPVersion.http1_1, .http2].enumerated() {
                let answer = try await withClient(server, version) { connection in
                    let stream = connection.open(
                        RequestHead(method: "POST", path: "/", authority: "x"))
                    stream.write([UInt8](repeating: 7, count: 1 << 20))
                    stream.finish()
                    while sizes.withLock({ $0.count <= number }) { await connection.loop.turn() }
                    gate.open()
                    return await stream.answer()
                }
                #expect(answer.text == "\(1 << 20)")
            }
            #expect(sizes.withLock { $0 } == [128 << 10, 128 << 10])
        }
    }

    private func expectAlive(_ server: HTTPServer) async throws {
        let answer = try await withClient(server, .http2) { await $0.send("GET", "/") }
        #expect(answer.status == 200)
    }
}
