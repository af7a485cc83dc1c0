import Support
import RestateHTTP
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

/// Over real sockets: what a server and its invocations see of an endpoint that is asked to end.
@Suite(.timeLimit(.minutes(10)))
struct EndpointDrainTests {
    @Test func `attempts that wait suspend at once`() async throws {
        let endpoint = sleeping
        // Beyond the time limit: whoever waited for the grace would fail.
        try await drain(endpoint, grace: .seconds(3600)) { server in
            let attempts = (0..<20).map { _ in server.invoke() }
            for attempt in attempts { #expect(await attempt.next() == "Sleep 1") }
            server.shutdown()
            for attempt in attempts {
                #expect(await attempt.rest() == ["Suspension [1, cancel]"])
            }
            await server.end.value
        }
    }

    @Test func `a journal that is on its way is read before`() async throws {
        let endpoint = sleeping
        try await drain(endpoint, grace: .seconds(50)) { server in
            let waiting = server.invoke()
            #expect(await waiting.next() == "Sleep 1")
            let bytes = Journal().bytes
            let late = server.invoke(sending: Array(bytes.prefix(20)))
            while late.stream.responseStatus == nil { await late.stream.changed() }
            server.shutdown()
            #expect(await waiting.rest() == ["Suspension [1, cancel]"])
            late.stream.write(Array(bytes.dropFirst(20)))
            #expect(await late.rest() == ["Sleep 1", "Suspension [1, cancel]"])
        }
    }

    @Test func `a run is finished, and new requests are told to come again`() async throws {
        let reached = Reached()
        let endpoint = Endpoint(
            Probe { ctx in
                try await ctx.run("charge") {
                    reached.note("in")
                    await reached.wait(for: "out")
                    return 5
                }
            })
        try await drain(endpoint, grace: .seconds(50)) { server in
            let attempt = server.invoke()
            #expect(await attempt.next() == "Run 1 'charge'")
            await reached.wait(for: "in")
            server.shutdown()
            // Until the word has gone round, requests are taken as before.
            while await server.health().status() == 200 {}
            let refused = server.invoke()
            #expect(await refused.status() == 503)
            #expect(refused.stream.responseHeaders["retry-after"] == "1")
            #expect(!attempt.stream.isClosed)
            reached.note("out")
            #expect(await attempt.rest() == ["Propose 1 5", "Suspension [1, cancel]"])
        }
    }

    @Test func `a run that outlasts the grace ends in an error that says so`() async throws {
        let reached = Reached()
        let endpoint = Endpoint(
            Probe { ctx in
                try await ctx.run("charge") { await reached.wait(for: "out") }
                return 1
            })
        try await drain(endpoint, grace: .milliseconds(100)) { server in
            let attempt = server.invoke()
            #expect(await attempt.next() == "Run 1 'charge'")
            server.shutdown()
            #expect(
                await attempt.rest() == [
                    "Error 500 The endpoint is shutting down, and run \"charge\" did not end within "
                        + "its grace of 0.1 seconds. It is tried again."
                ])
            await server.end.value
            reached.note("out")
        }
    }

    @Test func `a handler that waits for something else ends in an error that says so`()
        async throws
    {
        let reached = Reached()
        let endpoint = Endpoint(
            Probe { _ in
                reached.note("in")
                await reached.wait(for: "out")
                return 1
            })
        try await drain(endpoint, grace: .milliseconds(100)) { server in
            let attempt = server.invoke()
            await reached.wait(for: "in")
            server.shutdown()
            #expect(
                await attempt.rest() == [
                    "Error 500 The endpoint is shutting down, and the handler did not come to a wait "
                        + "within its grace of 0.1 seconds. It is tried again."
                ])
            reached.note("out")
        }
    }

    private let sleeping = Endpoint(
        Probe { ctx in
            try await ctx.sleep(.seconds(3600))
            return 1
        })

    private func drain(
        _ endpoint: Endpoint, grace: Duration,
        _ body: @escaping @Sendable (Server) async throws -> Void
    ) async throws {
        let running = try endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        try await onLoop { loop in
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: running.port, limits: .patient)
            let server = Server(connection, running, grace)
            try await body(server)
            await server.end.value
            connection.close()
        }
    }
}

/// The test as the server: it ends its half when it has seen an attempt's last word.
private final class Server {
    private let connection: ClientConnection
    private let running: RunningEndpoint
    private let grace: Duration
    private(set) lazy var end = Task { [running, grace] in await running.shutdown(grace: grace) }

    init(_ connection: ClientConnection, _ running: RunningEndpoint, _ grace: Duration) {
        self.connection = connection
        self.running = running
        self.grace = grace
    }

    func shutdown() { _ = end }

    func health() -> Exchange {
        Exchange(
            connection.open(
                RequestHead(method: "GET", path: "/health", authority: "localhost"),
                endStream: true))
    }

    func invoke(sending bytes: [UInt8] = Journal().bytes) -> Exchange {
        let stream = connection.open(
            RequestHead(
                method: "POST", path: "/invoke/Probe/run", authority: "localhost",
                headers: ["content-type": "application/vnd.restate.invocation.v6"]))
        stream.write(bytes)
        return Exchange(stream)
    }
}

private final class Exchange {
    let stream: ClientStream
    private var decoder = FrameDecoder()

    init(_ stream: ClientStream) { self.stream = stream }

    nonisolated(nonsending) func status() async -> Int? {
        while stream.responseStatus == nil && !stream.isClosed { await stream.changed() }
        return stream.responseStatus
    }

    nonisolated(nonsending) func next() async -> String? {
        while true {
            if let frame = try? decoder.next() { return line(frame) }
            if stream.hasInput {
                decoder.push(stream.takeInput())
            } else if stream.inputEnded || stream.isClosed {
                return nil
            } else {
                await stream.changed()
            }
        }
    }

    nonisolated(nonsending) func rest() async -> [String] {
        var lines: [String] = []
        while let line = await next() {
            lines.append(line)
            if line.hasPrefix("Suspension") || line.hasPrefix("Error") { stream.finish() }
        }
        return lines
    }
}
