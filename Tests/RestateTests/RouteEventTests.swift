import RestateHTTP
import Support
import Testing

@testable import Restate
@testable import RestateServices

/// Over real sockets: what a client sees of a route that streams events.
@Suite(.timeLimit(.minutes(10)))
struct RouteEventTests {
    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `events come as they are sent, each with its lines`(version: HTTPVersion) async throws {
        let endpoint = Endpoint([]).route("GET", "/events") { _ in
            .events(headers: [("x-mark", "1")]) { events in
                try await events.send("one")
                try await events.send("two\r\nlines\rthree", event: "kind\n: bad", id: "7\r")
                try await events.send(json: ["a": 1], event: "json")
            }
        }
        try await watch(endpoint, version) { stream, _ in
            #expect(
                await stream.rest() == """
                    data: one

                    event: kind: bad
                    id: 7
                    data: two
                    data: lines
                    data: three

                    event: json
                    data: {"a":1}


                    """)
            #expect(stream.responseHeaders["content-type"] == "text/event-stream")
            #expect(stream.responseHeaders["cache-control"] == "no-store")
            #expect(stream.responseHeaders["x-accel-buffering"] == "no")
            #expect(stream.responseHeaders["x-mark"] == "1")
        }
    }

    @Test func `a client that does not read makes the writer wait, and no shutdown`() async throws {
        let reached = Reached()
        // More than the kernel's buffers hold.
        let much = String(repeating: "x", count: 12 << 20)
        let endpoint = Endpoint([]).route("GET", "/events") { _ in
            .events { events in
                try await events.send(much)
                reached.note("begun")
                try await events.send("more")
                reached.note("all")
            }
        }
        let running = try endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        let socket = try RawSocket(port: running.port)
        socket.send("GET /events HTTP/1.1\r\nhost: x\r\n\r\n")
        await reached.wait(for: "begun")
        // The grace is beyond the time limit.
        await running.shutdown(grace: .seconds(3600))
        #expect(reached.places == ["begun"])
        withExtendedLifetime(socket) {}
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a client that is gone ends what makes the events`(version: HTTPVersion) async throws {
        let reached = Reached()
        let endpoint = Endpoint([]).route("GET", "/events") { _ in
            .events { events in
                try await events.send("one")
                await untilCancelled()
                reached.note("cancelled")
            }
        }
        try await watch(endpoint, version) { stream, connection in
            _ = await stream.next()
            connection.close()
            await reached.wait(for: "cancelled")
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a shutdown ends the events in order, and waits for no grace`(
        version: HTTPVersion
    ) async throws {
        let endpoint = Endpoint([]).route("GET", "/events") { _ in
            .events { events in
                try await events.send("one")
                await untilCancelled()
                // What comes too late is not sent.
                try await events.send("two")
            }
        }
        let running = try endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        try await onLoop { loop in
            let (stream, connection) = try await open(running.port, version, loop)
            #expect(await stream.next() == "data: one\n\n")
            // Beyond the time limit: whoever waited for the grace would fail.
            async let end: Void = running.shutdown(grace: .seconds(3600))
            #expect(await stream.rest() == "")
            #expect(stream.inputEnded)
            await end
            connection.close()
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `trouble while the events are made is a reset`(version: HTTPVersion) async throws {
        struct Trouble: Error {}
        let endpoint = Endpoint([]).route("GET", "/events") { _ in
            .events { events in
                try await events.send("one")
                throw Trouble()
            }
        }
        try await watch(endpoint, version) { stream, _ in
            _ = await stream.rest()
            #expect(stream.isClosed && !stream.inputEnded)
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `silence is filled with comments`(version: HTTPVersion) async throws {
        let endpoint = Endpoint([]).route("GET", "/events") { _ in
            .events(silence: .milliseconds(1)) { _ in await untilCancelled() }
        }
        try await watch(endpoint, version) { stream, _ in
            var text = ""
            while text.utf8.count < 9 { text += await stream.next() }
            #expect(text.hasPrefix(":\n\n:\n\n:\n\n"))
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `who asks with HEAD gets the head, and nothing is made`(
        version: HTTPVersion
    ) async throws {
        let endpoint = Endpoint([]).route("GET", "/events") { _ in
            .events { _ in Issue.record("Events were made for nobody") }
        }
        try await watch(endpoint, version, method: "HEAD") { stream, _ in
            #expect(await stream.rest() == "")
            #expect(stream.responseHeaders["content-type"] == "text/event-stream")
        }
    }

    private func watch(
        _ endpoint: Endpoint, _ version: HTTPVersion, method: String = "GET",
        _ body: @escaping @Sendable (ClientStream, ClientConnection) async throws -> Void
    ) async throws {
        let running = try endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        try await onLoop { loop in
            let (stream, connection) = try await open(running.port, version, loop, method: method)
            try await body(stream, connection)
            connection.close()
        }
        await running.shutdown(grace: .zero)
    }
}

private nonisolated(nonsending) func open(
    _ port: Int, _ version: HTTPVersion, _ loop: EventLoop, method: String = "GET"
) async throws -> (ClientStream, ClientConnection) {
    let connection = try await ClientConnection.connect(
        loop: loop, host: "127.0.0.1", port: port, version: version, limits: .patient)
    let stream = connection.open(
        RequestHead(method: method, path: "/events", authority: "localhost", version: version),
        endStream: true)
    return (stream, connection)
}

private func untilCancelled() async {
    let (endless, _) = AsyncStream.makeStream(of: Void.self)
    for await _ in endless {}
}

extension ClientStream {
    /// What came next; nothing at the end.
    fileprivate nonisolated(nonsending) func next() async -> String {
        while !hasInput, !inputEnded, !isClosed { await changed() }
        return String(decoding: takeInput(), as: UTF8.self)
    }

    fileprivate nonisolated(nonsending) func rest() async -> String {
        var text = ""
        while true {
            let piece = await next()
            if piece.isEmpty { return text }
            text += piece
        }
    }
}
