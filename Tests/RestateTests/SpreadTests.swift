import Primitives
import Support
import RestateHTTP
import RestateProtocol
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@testable import Restate
@testable import RestateServices

/// What a handler that does not give its thread back does to everybody else of its connection.
@Suite(.timeLimit(.minutes(10)))
struct SpreadTests {
    /// With one loop too: nothing but the connection needs that loop.
    @Test(arguments: [1, 2])
    func `the health check is answered beside handlers that compute`(loops: Int) async throws {
        let gate = Gate()
        let inside = Reached()
        let endpoint = Endpoint(
            Probe { ctx in
                inside.note(ctx.key)
                return gate.block()
            })
        try await serving(endpoint, loops: loops) { connection in
            let computing = [connection.invoke("a"), connection.invoke("b")]
            await inside.wait(for: "a")
            await inside.wait(for: "b")
            for path in ["/health", "/discover"] {
                #expect(await connection.get(path).status == 200)
            }
            gate.open()
            for stream in computing { #expect(await stream.lines() == ["Output true", "End"]) }
        }
    }

    @Test func `handlers of one connection compute at the same time`() async throws {
        // More than there are loops: the first that hold on to their threads do not keep the others out.
        let count = 8
        let gate = Gate(openAt: count)
        try await serving(Endpoint(Probe { _ in gate.block() }), loops: 2) { connection in
            let streams = (0..<count).map { connection.invoke("\($0)") }
            for stream in streams { #expect(await stream.lines() == ["Output true", "End"]) }
        }
    }

    @Test func `a handler that waits goes on beside one that computes`() async throws {
        let gate = Gate()
        let inside = Reached()
        let endpoint = Endpoint(
            Probe { ctx in
                if ctx.key == "waits" {
                    try await ctx.sleep(.seconds(600))
                    return true
                }
                inside.note("computes")
                return gate.block()
            })
        try await serving(endpoint, loops: 1) { connection in
            let waiting = connection.invoke("waits", ends: false)
            #expect(await waiting.hasInput())
            let computing = connection.invoke("computes")
            await inside.wait(for: "computes")
            waiting.write(encoded([slept(1)]))
            waiting.finish()
            #expect(await waiting.lines() == ["Sleep 1", "Output true", "End"])
            gate.open()
            #expect(await computing.lines() == ["Output true", "End"])
        }
    }

    @Test func `a handler that is known to be quick stays on its connection's loop`() async throws {
        let places = Places()
        var endpoint = places.endpoint { _, _ in }
        // Far from what a busy machine takes for a quick one, so that only the rule counts.
        endpoint.placing = .adaptive(computing: .milliseconds(100))
        try await serving(endpoint, loops: 2) { connection in
            #expect(await places.isOnLoop(connection.invoke("a"), of: connection) == false)
            #expect(await places.comesToLoop(of: connection) { connection.invoke("a") })
        }
    }

    @Test func `handlers that wait are known before they end`() async throws {
        let places = Places()
        var endpoint = places.endpoint { ctx, _ in try await ctx.sleep(.seconds(600)) }
        // Far from what a busy machine takes for a quick one, so that only the rule counts.
        endpoint.placing = .adaptive(computing: .milliseconds(100))
        try await serving(endpoint, loops: 2) { connection in
            #expect(
                await places.comesToLoop(of: connection) { connection.invoke("a", ends: false) })
        }
    }

    @Test func `a handler that begins to compute is kept off the loop from then on`() async throws {
        let places = Places()
        var endpoint = places.endpoint { _, key in
            if key == "computes" { usleep(3_000_000) }
            // What it does afterwards does not make it a quick one.
            await Task.yield()
        }
        // Far from what a busy machine takes for a quick one, so that only the rule counts.
        endpoint.placing = .adaptive(computing: .milliseconds(100))
        try await serving(endpoint, loops: 2) { connection in
            #expect(await places.comesToLoop(of: connection) { connection.invoke("a") })
            _ = await connection.invoke("computes").lines()
            #expect(await places.isOnLoop(connection.invoke("a"), of: connection) == false)
        }
    }

    @Test func `a reset cancels a handler while it computes`() async throws {
        let reached = Reached()
        let endpoint = Endpoint(
            Probe { _ in
                reached.note("inside")
                while !Task.isCancelled { usleep(1000) }
                reached.note("cancelled")
                return true
            })
        try await serving(endpoint, loops: 1) { connection in
            let stream = connection.invoke("a")
            await reached.wait(for: "inside")
            stream.reset(code: 8)
            await reached.wait(for: "cancelled")
        }
        #expect(reached.places == ["inside", "cancelled"])
    }

    @Test func `what a handler elsewhere does not take holds the client back`() async throws {
        let gate = Gate()
        let inside = Reached()
        let endpoint = Endpoint(
            Probe { ctx in
                inside.note("inside")
                _ = gate.block()
                return try await ctx.signal("go", as: Int.self).value
            })
        try await serving(endpoint, loops: 1) { connection in
            let stream = connection.invoke("a", ends: false)
            await inside.wait(for: "inside")
            // Five times the window; four of them stay here, however long one waits.
            let filler = encoded([signal("no", "\"\(String(repeating: "x", count: 1 << 20))\"")])
            for _ in 0..<5 { stream.write(filler) }
            for _ in 0..<20 { _ = await connection.get("/health") }
            #expect(stream.bufferedOutput >= 4 << 20)
            gate.open()
            while stream.bufferedOutput > 0 { await connection.loop.turnEnded() }
            stream.write(encoded([signal("go", "7")]))
            stream.finish()
            #expect(await stream.lines() == ["Output 7", "End"])
        }
    }

    @Test func `a client that does not read holds a handler elsewhere back`() async throws {
        let total = 200
        let written = Locked(0)
        let value = String(repeating: "x", count: 64 << 10)
        let endpoint = Endpoint(
            Probe { ctx in
                let key = StateKey<String?>("a")
                for _ in 0..<total {
                    ctx.set(key, value)
                    _ = try await ctx.get(key)
                    written.withLock { $0 += 1 }
                }
                return true
            })
        var limits = HTTPLimits()
        limits.inputWindow = 64 << 10
        try await serving(endpoint, loops: 1, limits) { connection in
            let stream = connection.invoke("a")
            #expect(await stream.hasInput())
            for _ in 0..<20 { _ = await connection.get("/health") }
            // A window of the client's, and what is buffered on both sides.
            #expect(written.withLock { $0 } < 20)
            #expect(await stream.lines().suffix(2) == ["Output true", "End"])
            #expect(written.withLock { $0 } == total)
        }
    }

    @Test func `no attempt is left when an endpoint has shut down`() async throws {
        let reached = Reached()
        let endpoint = Endpoint(
            Probe { ctx in
                defer { reached.note("ended") }
                reached.note("inside")
                try await ctx.sleep(.seconds(600))
                return true
            })
        try await serving(endpoint, loops: 2) { connection in
            _ = connection.invoke("a", ends: false)
            await reached.wait(for: "inside")
        }
        #expect(reached.places == ["inside", "ended"])
    }
}

/// Which handlers ran on the loop of their connection.
private final class Places: Sendable {
    private let last = Locked<pthread_t?>(nil)
    private let loop = Locked<pthread_t?>(nil)

    /// - Parameter body: what the handler does, with its context and key.
    func endpoint(
        _ body: @escaping @Sendable (WorkflowContext, String) async throws -> Void
    ) -> Endpoint {
        Endpoint(
            Probe { ctx in
                self.last.withLock { $0 = pthread_self() }
                try await body(ctx, ctx.key)
                return true
            }
        ).route("GET", "/thread") { _ in
            self.loop.withLock { $0 = pthread_self() }
            return .text("")
        }
    }

    /// Whether the handler of this request did.
    nonisolated(nonsending) func isOnLoop(
        _ stream: ClientStream, of connection: ClientConnection
    ) async -> Bool {
        _ = await connection.get("/thread")
        _ = await stream.hasInput()
        return last.withLock { $0 } == loop.withLock { $0 }
    }

    /// Whether one of many requests does in the end. On a busy machine a handler seems to take long
    /// for as long as others have the cores.
    nonisolated(nonsending) func comesToLoop(
        of connection: ClientConnection, _ invoke: () -> ClientStream
    ) async -> Bool {
        for _ in 0..<900 {
            if await isOnLoop(invoke(), of: connection) { return true }
        }
        return false
    }
}

/// Where handlers stay, thread and all, until it opens. Not for ever: a test that fails should say so.
private final class Gate: Sendable {
    private let state: Locked<(waiting: Int, isOpen: Bool)>
    private let openAt: Int

    init(openAt: Int = .max) {
        self.openAt = openAt
        state = Locked((waiting: 0, isOpen: false))
    }

    func open() { state.withLock { $0.isOpen = true } }

    /// False if it did not open.
    func block() -> Bool {
        state.withLock {
            $0.waiting += 1
            if $0.waiting == openAt { $0.isOpen = true }
        }
        for _ in 0..<20_000 {
            if state.withLock({ $0.isOpen }) { return true }
            usleep(1000)
        }
        return false
    }
}

/// Serves, and gives the body a connection. Afterwards everything is shut down.
private func serving(
    _ endpoint: Endpoint, loops: Int, _ limits: HTTPLimits = HTTPLimits(),
    _ body: @escaping @Sendable (ClientConnection) async throws -> Void
) async throws {
    let running = try endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: loops)
    do {
        try await onLoop { loop in
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: running.port, limits: limits)
            defer { connection.close() }
            try await body(connection)
        }
    } catch {
        await running.shutdown(grace: .zero)
        throw error
    }
    await running.shutdown(grace: .zero)
}

extension ClientConnection {
    fileprivate func invoke(_ key: String, ends: Bool = true) -> ClientStream {
        let type = "application/vnd.restate.invocation.v6"
        let stream = open(
            RequestHead(
                method: "POST", path: "/invoke/Probe/run", authority: "localhost",
                headers: ["content-type": type]))
        var journal = Journal()
        journal.start.key = key
        stream.write(journal.bytes)
        if ends { stream.finish() }
        return stream
    }

    fileprivate nonisolated(nonsending) func get(
        _ path: String
    ) async -> (status: Int?, text: String) {
        let stream = open(
            RequestHead(method: "GET", path: path, authority: "localhost"), endStream: true)
        while !stream.inputEnded, !stream.isClosed { await stream.changed() }
        return (stream.responseStatus, String(decoding: stream.takeInput(), as: UTF8.self))
    }
}

extension ClientStream {
    /// All frames of the answer.
    fileprivate nonisolated(nonsending) func lines() async -> [String] {
        var decoder = FrameDecoder()
        while true {
            if hasInput { decoder.push(takeInput()) }
            if inputEnded || isClosed { break }
            await changed()
        }
        var lines: [String] = []
        while let frame = try? decoder.next() { lines.append(line(frame)) }
        return lines
    }

    /// Waits for the first bytes, without taking them.
    fileprivate nonisolated(nonsending) func hasInput() async -> Bool {
        while !hasInput, !inputEnded, !isClosed { await changed() }
        return hasInput
    }
}
