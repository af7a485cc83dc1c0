import Primitives
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

/// A server that ends gently: what is open goes on, what is new is sent away.
@Suite(.timeLimit(.minutes(10))) struct DrainTests {
    /// Counts how often the observer of an exchange is told of the end.
    private final class Told: StreamObserver {
        let count: Locked<Int>
        init(_ count: Locked<Int>) { self.count = count }
        func streamChanged() {}
        func serverDrains() { count.withLock { $0 += 1 } }
    }

    /// Waits at its gate; the observers of its exchanges count.
    private final class Waiting: RequestReceiver {
        let gate: Gate
        let told: Locked<Int>
        init(_ gate: Gate, _ told: Locked<Int>) {
            self.gate = gate
            self.told = told
        }
        func received(_ stream: RequestStream) {
            stream.observer = Told(told)
            stream.start { [gate] stream in
                await gate.wait()
                stream.respond(status: 200)
                stream.write(text: "after all")
                stream.finish()
            }
        }
    }

    private func withWaitingServer(
        loops: Int = 1, open: Int = 0, _ body: (HTTPServer, Gate) async throws -> Void
    ) async throws {
        let (gate, told) = (Gate(), Locked(0))
        // On a busy machine the rest of a head may be long in coming.
        var limits = HTTPLimits()
        limits.headerTimeout = .seconds(600)
        let server = try HTTPServer.start(
            host: "127.0.0.1", port: 0, loops: loops, limits: limits
        ) { _ in
            Waiting(gate, told)
        }
        try await body(server, gate)
        await server.shutdown(deadline: .seconds(30))
        #expect(server.openConnections == 0)
        #expect(told.withLock { $0 } == open)
    }

    @Test func `over HTTP 2 open exchanges go on and new ones get 503 without a GOAWAY`()
        async throws
    {
        try await withWaitingServer(loops: 2, open: 1) { server, gate in
            try await withClient(server, .http2) { connection in
                let open = connection.open(
                    RequestHead(method: "GET", path: "/", authority: "x"), endStream: true)
                while await server.openStreams() == 0 {}
                server.drain()
                while (try? RawSocket(server)) != nil {}
                for _ in 0..<10 {
                    let refused = await connection.send("POST", "/", body: [1])
                    #expect(refused.status == 503)
                    #expect(refused.headers["retry-after"] == "1")
                    // Longer than it takes to say goodbye.
                    for _ in 0..<20 { await connection.loop.turn() }
                }
                #expect(connection.isUsable)
                #expect(await !server.emptied(within: .milliseconds(1)))
                gate.open()
                #expect(await open.answer().text == "after all")
                #expect(await server.emptied(within: .seconds(30)))
                while connection.isUsable { await connection.loop.turn() }
            }
        }
    }

    @Test func `over HTTP 1 the open exchange goes on and its answer says close`() async throws {
        try await withWaitingServer(open: 1) { server, gate in
            try await withClient(server, .http1_1) { connection in
                let open = connection.open(
                    RequestHead(method: "GET", path: "/", authority: "x"), endStream: true)
                while await server.openStreams() == 0 {}
                server.drain()
                while (try? RawSocket(server)) != nil {}
                gate.open()
                let answer = await open.answer()
                #expect(answer.text == "after all")
                #expect(answer.headers["connection"] == "close")
                #expect(await server.emptied(within: .seconds(30)))
            }
        }
    }

    @Test func `an empty connection of HTTP 2 is told and ends`() async throws {
        try await withWaitingServer { server, _ in
            let socket = try RawSocket(server)
            socket.send(Frame.preface + Frame.settings)
            await socket.read { Frame.parse($0).contains { $0.type == 4 && $0.flags == 1 } }
            server.drain()
            #expect(Frame.goAway(in: await socket.read()) == 0)
        }
    }

    @Test func `a request that is half there when the end begins is refused and not dropped`()
        async throws
    {
        try await withWaitingServer { server, _ in
            let socket = try RawSocket(server)
            socket.send("GET / HTTP/1.1\r\nho")
            while server.openConnections == 0 { try await Task.sleep(for: .milliseconds(1)) }
            for loop in server.loops { await loop.turn() }
            server.drain()
            #expect(await !server.emptied(within: .milliseconds(300)))
            socket.send("st: a\r\n\r\n")
            let answer = await socket.readText()
            #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n"))
            #expect(answer.contains("connection: close"))
        }
    }

    @Test func `a connection that the port has taken but nobody has seen is answered`()
        async throws
    {
        try await withWaitingServer { server, _ in
            // The loop is busy, so all of this waits in the kernel.
            let (isBusy, mayGoOn) = (Locked(false), Locked(false))
            server.loops[0].execute {
                isBusy.withLock { $0 = true }
                while !mayGoOn.withLock({ $0 }) { usleep(1000) }
            }
            while !isBusy.withLock({ $0 }) { await Task.yield() }
            let sockets = try (0..<20).map { _ in try RawSocket(server) }
            for socket in sockets { socket.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n") }
            server.drain()
            mayGoOn.withLock { $0 = true }
            for socket in sockets { #expect(await socket.readText().hasPrefix("HTTP/1.1 503 ")) }
        }
    }
}
