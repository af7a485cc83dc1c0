import Primitives
import RestateHTTP
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How exchanges, connections and servers end.
@Suite(.timeLimit(.minutes(10))) struct LifetimeTests {
    /// What a handler saw when its stream had closed.
    private struct End: Sendable, Equatable {
        var isCancelled: Bool
        var inputEnded: Bool
        var resetCode: UInt32?
    }

    /// Runs `body` against a server whose handler waits for the close; returns what it saw.
    private func end(
        _ version: HTTPVersion,
        _ body: @escaping @Sendable (ClientConnection, ClientStream) async -> Void
    ) async throws -> [End] {
        let ends = Locked<[End]>([])
        try await withServer { stream in
            stream.respond(status: 200)
            stream.write(text: "here")
            while !stream.isClosed { await stream.changed() }
            let end = End(
                isCancelled: Task.isCancelled, inputEnded: stream.inputEnded,
                resetCode: stream.resetCode)
            ends.withLock { $0.append(end) }
            // All of these do nothing now, and return at once.
            stream.write(text: "late")
            stream.finish()
            stream.reset(code: 1)
            await stream.changed()
        } body: { server in
            try await withClient(server, version) { connection in
                let stream = connection.open(RequestHead(method: "POST", path: "/", authority: "x"))
                #expect(await stream.wait(for: "here"))
                await body(connection, stream)
            }
            while ends.withLock({ $0.isEmpty }) { await Task.yield() }
        }
        return ends.withLock { $0 }
    }

    @Test func `a reset cancels the task and tells its code`() async throws {
        let ends = try await end(.http2) { _, stream in
            stream.reset(code: 8)
            while !stream.isClosed { await stream.changed() }
            #expect(stream.resetCode == nil)
        }
        #expect(ends == [End(isCancelled: true, inputEnded: false, resetCode: 8)])
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a lost connection cancels the task`(version: HTTPVersion) async throws {
        let ends = try await end(version) { connection, stream in
            connection.close()
            #expect(stream.isClosed)
            #expect(!connection.isUsable)
            #expect(connection.open(RequestHead(method: "GET", path: "/")).isClosed)
        }
        #expect(ends == [End(isCancelled: true, inputEnded: false, resetCode: nil)])
    }

    @Test func `over HTTP 1 a reset is a lost connection`() async throws {
        let ends = try await end(.http1_1) { _, stream in
            stream.reset(code: 8)
            while !stream.isClosed { await stream.changed() }
        }
        #expect(ends == [End(isCancelled: true, inputEnded: false, resetCode: nil)])
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a connection lost after the request's end cancels the task`(
        version: HTTPVersion
    ) async throws {
        let ends = try await end(version) { connection, stream in
            stream.finish()
            // The next turn sends it.
            await Task.yield()
            await connection.loop.turn()
            connection.close()
        }
        #expect(ends.map(\.isCancelled) == [true])
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `the end of the request cancels nothing`(version: HTTPVersion) async throws {
        let seen = Locked<[Bool]>([])
        try await withServer { stream in
            stream.respond(status: 200)
            while !stream.inputEnded { await stream.changed() }
            for _ in 0..<3 { await stream.loop.turn() }
            let (isClosed, isCancelled) = (stream.isClosed, Task.isCancelled)
            seen.withLock { $0 += [isClosed, isCancelled] }
            stream.write(text: "still here")
            stream.finish()
            while !stream.isClosed { await stream.changed() }
            let isCancelledAfter = Task.isCancelled
            seen.withLock { $0.append(isCancelledAfter) }
        } body: { server in
            let answer = try await withClient(server, version) {
                await $0.send("POST", "/", body: [1, 2, 3])
            }
            #expect(answer.text == "still here")
            while seen.withLock({ $0.count < 3 }) { await Task.yield() }
            #expect(seen.withLock { $0 } == [false, false, false])
        }
    }

    @Test func `an answer that is given up reaches the client as a reset`() async throws {
        try await withServer { stream in
            stream.respond(status: 200)
            stream.write(text: "half of")
            await stream.loop.turn()
            stream.reset(code: 2)
        } body: { server in
            let answer = try await withClient(server, .http2) { await $0.send("GET", "/") }
            #expect(answer.text == "half of")
            #expect(answer.resetCode == 2)
            let (isEnded, isClosed) = try await withClient(server, .http1_1) { connection in
                let stream = connection.open(
                    RequestHead(method: "GET", path: "/", authority: "x"), endStream: true)
                _ = await stream.answer()
                return (stream.inputEnded, stream.isClosed)
            }
            #expect(!isEnded)
            #expect(isClosed)
        }
    }

    // MARK: Observers

    private final class Counter: StreamObserver {
        let stream: RequestStream
        init(_ stream: RequestStream) { self.stream = stream }
        func streamChanged() {
            if stream.hasInput { stream.write(stream.takeInput()) }
            if stream.inputEnded { stream.finish() }
        }
    }
    private final class Observing: RequestReceiver {
        func received(_ stream: RequestStream) {
            stream.respond(status: 200)
            stream.observer = Counter(stream)
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `an observer serves without any task`(version: HTTPVersion) async throws {
        let server = try HTTPServer.start(host: "127.0.0.1", port: 0, loops: 1) { _ in Observing() }
        let texts = try await withClient(server, version) { connection in
            var texts: [String] = []
            for number in 0..<3 {
                texts.append(await connection.send("POST", "/", body: Array("\(number)".utf8)).text)
            }
            return texts
        }
        #expect(texts == ["0", "1", "2"])
        await server.shutdown(deadline: .seconds(5))
        #expect(server.openConnections == 0)
    }

    // MARK: Servers

    @Test func `a shutdown's deadline closes what does not end`() async throws {
        let cancelled = Locked(0)
        let server = try HTTPServer.start(host: "127.0.0.1", port: 0, loops: 1) { _ in
            Receiver { stream in
                stream.respond(status: 200)
                while !stream.isClosed { await stream.changed() }
                if Task.isCancelled { cancelled.withLock { $0 += 1 } }
            }
        }
        try await withClient(server, .http2) { connection in
            let stream = connection.open(RequestHead(method: "GET", path: "/", authority: "x"))
            while stream.responseStatus == nil { await stream.changed() }
            await server.shutdown(deadline: .milliseconds(200))
            while !stream.isClosed { await stream.changed() }
            #expect(!stream.inputEnded)
        }
        #expect(cancelled.withLock { $0 } == 1)
    }

    @Test func `a taken port is an error that names it`() async throws {
        try await withServer(handler: echo) { server in
            let error = #expect(throws: SystemError.self) {
                _ = try HTTPServer.start(
                    host: "127.0.0.1", port: server.port, loops: 1
                ) { _ in Receiver(echo) }
            }
            #expect(
                error?.description == "bind 127.0.0.1:\(server.port): Address already in use")
        }
    }

    @Test(arguments: [70_000, 99_999, -1, 65_536])
    func `what is no port is an error that says so`(port: Int) async throws {
        for host in ["", "127.0.0.1"] {
            let error = #expect(throws: SystemError.self) {
                _ = try HTTPServer.start(host: host, port: port, loops: 1) { _ in Receiver(echo) }
            }
            #expect(error?.reason == "a port is a number from 0 to 65535")
        }
        let loop = EventLoop()
        loop.start()
        let task = Task(executorPreference: loop) {
            _ = await #expect(throws: SystemError.self) {
                _ = try await ClientConnection.connect(loop: loop, host: "127.0.0.1", port: port)
            }
        }
        await task.value
        await loop.stopped()
    }

    @Test func `a server without a loop is an error`() {
        #expect(throws: SystemError.self) {
            _ = try HTTPServer.start(host: "", port: 0, loops: 0) { _ in Receiver(echo) }
        }
    }

    @Test func `a termination signal ends the wait`() async {
        let waiting = Task { await HTTPServer.untilTerminated() }
        // Not before somebody listens: the default action is what it says.
        var action = sigaction()
        repeat {
            await Task.yield()
            sigaction(SIGTERM, nil, &action)
        } while action.__sigaction_handler.sa_handler == nil
        kill(getpid(), SIGTERM)
        await waiting.value
        // The second one would end the process.
        sigaction(SIGTERM, nil, &action)
        #expect(action.__sigaction_handler.sa_handler == nil)
    }

    @Test func `an unknown host is an error that names it`() async throws {
        let error = #expect(throws: SystemError.self) {
            _ = try HTTPServer.start(host: "256.256.256.256", port: 0, loops: 1) { _ in
                Receiver(echo)
            }
        }
        #expect(error?.call == "resolve 256.256.256.256")
    }

    @Test func `all interfaces include the loopback`() async throws {
        for host in ["", "::"] {
            let server = try HTTPServer.start(host: host, port: 0, loops: 1) { _ in Receiver(echo) }
            let answer = try await withClient(server, .http2) { await $0.send("GET", "/") }
            #expect(answer.status == 200)
            await server.shutdown(deadline: .zero)
        }
    }
}

/// Holds tasks back until it opens.
final class Gate: Sendable {
    private let state = Locked((isOpen: false, waiters: [CheckedContinuation<Void, Never>]()))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            defer { state = (isOpen: true, waiters: []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

extension EventLoop {
    /// Until this turn's output is sent and the sockets were looked at.
    func turn() async {
        await withCheckedContinuation { continuation in
            execute { _ = self.schedule(after: .milliseconds(1)) { continuation.resume() } }
        }
    }
}
