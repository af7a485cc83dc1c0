import RestateProtocol
import Support
import Testing

@testable import Restate
@testable import RestateServices

/// An endpoint as a function, without a port.
@Suite(.timeLimit(.minutes(10)))
struct EmbeddedEndpointTests {
    private static let invocation = "application/vnd.restate.invocation.v6"

    @Test(arguments: ["/invoke/Plain/greet", "/mounted/here/invoke/Plain/greet"])
    func `a whole request gets a whole response`(_ path: String) async throws {
        let endpoint = try EmbeddedEndpoint(Endpoint(Plain()).quiet)
        var journal = Journal()
        journal.input = #""alice""#
        let response = try await endpoint.respond(
            to: EmbeddedRequest(
                method: "POST", path: path, headers: [("Content-Type", Self.invocation)]),
            body: journal.bytes)
        #expect(response.status == 200)
        #expect(response.header("content-type") == Self.invocation)
        #expect(lines(response.body) == [#"Output "alice""#, "End"])
    }

    @Test func `an embedded endpoint refuses what a port refuses`() async throws {
        let endpoint = try EmbeddedEndpoint(Endpoint(Plain()).quiet)
        let asked: [(String, String, Int)] = [
            ("GET", "/health", 200), ("HEAD", "/health", 200), ("GET", "/nowhere", 404),
            ("POST", "/invoke/Nobody/greet", 404), ("GET", "/invoke/Plain/greet", 405),
            ("POST", "/invoke/Plain/greet", 415), ("POST", "/discover", 405),
        ]
        for (method, path, status) in asked {
            let response = try await endpoint.respond(
                to: EmbeddedRequest(method: method, path: path))
            #expect(response.status == status, "\(method) \(path)")
        }
    }

    @Test func `discovery names the mode in which it was asked`() async throws {
        let either = try EmbeddedEndpoint(Endpoint(Plain()).quiet)
        let never = try EmbeddedEndpoint(Endpoint(Plain()).streaming(false).quiet)
        let always = try EmbeddedEndpoint(Endpoint(Plain()).streaming(true).quiet)
        for (endpoint, whole, streamed) in [
            (either, "REQUEST_RESPONSE", "BIDI_STREAM"),
            (never, "REQUEST_RESPONSE", "REQUEST_RESPONSE"),
            // Who passes on whole bodies cannot stream, whatever the application says.
            (always, "REQUEST_RESPONSE", "BIDI_STREAM"),
        ] {
            let request = EmbeddedRequest(method: "GET", path: "/discover")
            let answer = try await endpoint.respond(to: request)
            #expect(String(decoding: answer.body, as: UTF8.self).contains(whole))
            let stream = try await endpoint.respond(
                to: request, streaming: AsyncStream<[UInt8]> { $0.finish() })
            #expect(try await text(stream.body).contains(streamed))
        }
    }

    @Test func `routes of the application are served`() async throws {
        let endpoint = try EmbeddedEndpoint(
            Endpoint([]).route("POST", "/orders/{id}") { request in
                .text(
                    "\(request.parameters["id"] ?? "") \(request.query ?? "") \(request.body.count)"
                )
            }.route("GET", "/long") { _ in
                RouteResponse { writer in
                    for _ in 0..<64 {
                        try await writer.write([UInt8](repeating: 1, count: 1 << 16))
                    }
                }
            }.route("GET", "/broken") { _ in
                RouteResponse { _ in throw CancellationError() }
            }.quiet)
        let answer = try await endpoint.respond(
            to: EmbeddedRequest(method: "POST", path: "/orders/7?full"), body: [1, 2, 3])
        #expect(String(decoding: answer.body, as: UTF8.self) == "7 full 3")
        // More than the buffer of a stream: the writer waits for its reader.
        let long = try await endpoint.respond(to: EmbeddedRequest(method: "GET", path: "/long"))
        #expect(long.body.count == 4 << 20)
        await #expect(throws: ResponseBroken.self) {
            try await endpoint.respond(to: EmbeddedRequest(method: "GET", path: "/broken"))
        }
    }

    // MARK: The end

    @Test func `a cancelled caller ends its attempt`() async throws {
        let watched = Watched()
        let endpoint = try EmbeddedEndpoint(Endpoint(watched).quiet)
        let caller = Task {
            // The body never ends, so that the attempt waits and does not suspend.
            let response = try await endpoint.respond(
                to: watched.request, streaming: watched.openBody)
            for try await _ in response.body {}
        }
        #expect(await watched.next() == "began")
        caller.cancel()
        #expect(await watched.next() == "ended")
        await #expect(throws: CancellationError.self) { try await caller.value }
    }

    @Test func `a response that is dropped ends its attempt`() async throws {
        let watched = Watched()
        let endpoint = try EmbeddedEndpoint(Endpoint(watched).quiet)
        do {
            let response = try await endpoint.respond(
                to: watched.request, streaming: watched.openBody)
            #expect(await watched.next() == "began")
            #expect(response.status == 200)
        }
        #expect(await watched.next() == "ended")
    }

    @Test func `a request whose body breaks off ends its attempt`() async throws {
        let watched = Watched()
        let endpoint = try EmbeddedEndpoint(Endpoint(watched).quiet)
        let (body, source) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        source.yield(Journal().bytes)
        let response = try await endpoint.respond(to: watched.request, streaming: body)
        #expect(await watched.next() == "began")
        source.finish(throwing: FixtureError("the connection is lost"))
        #expect(await watched.next() == "ended")
        await #expect(throws: ResponseBroken.self) { for try await _ in response.body {} }
    }

    @Test func `a shutdown suspends what waits and refuses what comes later`() async throws {
        let watched = Watched()
        let endpoint = try EmbeddedEndpoint(Endpoint(watched).quiet)
        let response = try await endpoint.respond(
            to: watched.request, streaming: watched.openBody)
        #expect(await watched.next() == "began")
        async let bytes = all(of: response.body)
        watched.source.finish()
        await endpoint.shutdown()
        #expect(lines(try await bytes).last?.hasPrefix("Suspension") == true)
        let late = try await endpoint.respond(to: EmbeddedRequest(method: "GET", path: "/health"))
        #expect(late.status == 503)
        #expect(late.header("retry-after") == "1")
    }

    // MARK: Reading

    private func all(of body: StreamedResponse.Body) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in body { bytes += piece }
        return bytes
    }

    private func text(_ body: StreamedResponse.Body) async throws -> String {
        String(decoding: try await all(of: body), as: UTF8.self)
    }
}

private func lines(_ bytes: [UInt8]) -> [String] {
    var decoder = FrameDecoder()
    decoder.push(bytes)
    var lines: [String] = []
    while let frame = try? decoder.next() { lines.append(line(frame)) }
    return lines
}

/// Waits for something that never comes, and tells when it begins and ends.
private struct Watched: Service {
    private let news: AsyncStream<String>
    private let teller: AsyncStream<String>.Continuation
    /// A body that has the journal and stays open.
    let openBody: AsyncStream<[UInt8]>
    let source: AsyncStream<[UInt8]>.Continuation

    init() {
        (news, teller) = AsyncStream.makeStream(of: String.self)
        (openBody, source) = AsyncStream.makeStream(of: [UInt8].self)
        source.yield(Journal().bytes)
    }

    var request: EmbeddedRequest {
        EmbeddedRequest(
            method: "POST", path: "/invoke/Watched/wait",
            headers: [("content-type", "application/vnd.restate.invocation.v6")])
    }

    func next() async -> String? {
        for await word in news { return word }
        return nil
    }

    func wait(_ ctx: Context) async throws {
        teller.yield("began")
        defer { teller.yield("ended") }
        _ = try await ctx.awakeable(String.self).value
    }

    struct API: HandlerTable { let wait = handler(Watched.wait) }
}
