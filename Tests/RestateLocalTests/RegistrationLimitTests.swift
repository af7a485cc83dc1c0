import Primitives
import Restate
import RestateHTTP
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// How an endpoint is asked at its registration, and how connections to it end.
@Suite(.timeLimit(.minutes(10))) struct RegistrationLimitTests {
    /// Answers the question of a registration in some way.
    private final class Answering: RequestReceiver {
        private let answer: (RequestStream) -> Void

        init(_ answer: @escaping (RequestStream) -> Void) { self.answer = answer }

        func received(_ stream: RequestStream) { answer(stream) }
    }

    private func withEndpoint<R: Sendable>(
        answering answer: @escaping @Sendable (RequestStream) -> Void,
        change: @escaping @Sendable (inout EngineOptions) -> Void = { _ in },
        _ body: @escaping @Sendable (Engine, DeploymentEndpoint) async throws -> R
    ) async throws -> R {
        let server = try HTTPServer.start(host: "127.0.0.1", port: 0, loops: 1) { _ in
            Answering(answer)
        }
        let loop = EventLoop()
        loop.start()
        let result = await Task(executorPreference: loop) {
            var options = EngineOptions()
            change(&options)
            let engine = Engine(loop: loop, options: options)
            defer { engine.shutdown() }
            let place = try #require(DeploymentEndpoint(uri: "http://127.0.0.1:\(server.port)"))
            return try await body(engine, place)
        }.result
        await server.shutdown(deadline: .zero)
        await loop.stopped()
        return try result.get()
    }

    private static let type = "application/vnd.restate.endpointmanifest.v4+json"

    private static func manifest(padding: Int) -> [UInt8] {
        let filler = String(repeating: "x", count: padding)
        return Array(
            #"""
            {"protocolMode":"BIDI_STREAM","minProtocolVersion":5,"maxProtocolVersion":6,"services":
            [{"name":"S","ty":"SERVICE","documentation":"\#(filler)","handlers":[{"name":"h"}]}]}
            """#.utf8)
    }

    private func refusal(
        _ engine: Engine, _ place: DeploymentEndpoint
    ) async -> RegistrationError? {
        do throws(RegistrationError) {
            _ = try await engine.register(place)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a manifest of three megabytes is read as it comes`() async throws {
        let names = try await withEndpoint { stream in
            stream.respond(status: 200, headers: ["content-type": Self.type])
            stream.write(Self.manifest(padding: 3_000_000))
            stream.finish()
        } _: { engine, place in
            _ = try await engine.register(place)
            return engine.runtime.registry.services.keys
        }
        #expect(names == ["S"])
    }

    @Test func `a manifest over the limit is refused before it is whole`() async throws {
        let error = try await withEndpoint { stream in
            stream.respond(status: 200, headers: ["content-type": Self.type])
            stream.write([UInt8](repeating: 0x20, count: 200_000))
            // And never ends.
        } change: { options in
            options.manifestLimit = 100_000
        } _: { engine, place in
            await refusal(engine, place)
        }
        #expect(error?.message.contains("the manifest has more than 100000 bytes") == true)
    }

    @Test func `an endpoint that never answers is given up`() async throws {
        let error = try await withEndpoint { _ in
        } change: { options in
            options.discoveryTimeout = .milliseconds(300)
        } _: { engine, place in
            await refusal(engine, place)
        }
        #expect(error?.message.contains("did not answer completely within") == true)
    }

    @Test func `a registration ends with the one who asked for it`() async throws {
        let error = try await withEndpoint { _ in
        } _: { engine, place in
            let confined = LoopBound(engine, on: engine.loop)
            let task = Task(executorPreference: engine.loop) {
                await refusal(confined.value, place)
            }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            return await task.value
        }
        #expect(error?.message.contains("the registration was cancelled") == true)
    }

    @Test func `a log says a code once, and an answer about discovery twice, as a server's does`() {
        let unreachable = RegistrationError.discovery("META0003", "no")
        #expect(unreachable.message == "[META0003] [META0003] no")
        #expect(unreachable.description == "[META0003] no")
        // Whatever stands in the reason.
        let odd = RegistrationError.discovery("META0003", "[META0003] [META0003] no")
        #expect(odd.description == "[META0003] [META0003] [META0003] no")
        let type = RegistrationError(status: 409, code: "META0006", "another type")
        #expect(type.message == "[META0006] another type")
        #expect(type.description == type.message)
        #expect(RegistrationError(status: 400, "no").message == "no")
    }

    @Test(arguments: [
        (#"{}"#, "missing field 'minProtocolVersion' at $ (byte 0)"),
        (
            #"{"minProtocolVersion":"x"}"#,
            "expected an integer at $.minProtocolVersion (byte 22), found a string"
        ),
        (#"["#, "unexpected end of JSON at byte 1"),
        (
            #"{"minProtocolVersion":5,"maxProtocolVersion":6,"services":[],"more":1}"#,
            "unknown field 'more'"
        ),
    ])
    func `a manifest that cannot be read is told in one sentence`(
        manifest: String, sentence: String
    ) {
        #expect(
            throws: RegistrationError.discovery(
                "META0013", "bad service discovery: \(sentence)")
        ) {
            try Engine.manifest(Array(manifest.utf8))
        }
    }

    private func begin(_ engine: Engine) throws -> InvocationIdentity {
        try engine.perform { runtime, now in
            Result { try runtime.submit(InvocationRequest("S/h"), at: now).id }
        }.get()
    }

    /// As a server does: the next request finds the goodbye, and the connection is dropped with all
    /// attempts that are on it.
    @Test func `after a goodbye the next attempt costs those on the same connection`() async throws
    {
        let endpoint = try GoodbyeEndpoint()
        endpoint.start()
        let loop = EventLoop()
        loop.start()
        let lost = await Task(executorPreference: loop) { () -> Result<String?, any Error> in
            let engine = Engine(loop: loop)
            defer { engine.shutdown() }
            do {
                let place = try #require(
                    DeploymentEndpoint(uri: "http://127.0.0.1:\(endpoint.port)"))
                _ = try await engine.register(place)
                let first = try begin(engine)
                while endpoint.seen.withLock({ $0.attempts }) < 1 {
                    try await Task.sleep(for: .milliseconds(10))
                }
                try await Task.sleep(for: .milliseconds(100))
                // Alone it goes on.
                guard engine.runtime.snapshot(first)?.status == .running else {
                    return .success("it did not go on")
                }
                _ = try begin(engine)
                return .success(engine.runtime.snapshot(first)?.attempts.lastFailure?.restateCode)
            } catch {
                return .failure(error)
            }
        }.value
        await loop.stopped()
        endpoint.stop()
        #expect(try lost.get() == "RT0010")
    }

    @Test func `an endpoint that refuses for now is asked again after exactly the time it says`()
        throws
    {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        let attempt = script.attempts[0].request.attempt
        script.perform {
            $0.responded(
                attempt, status: 503, contentType: nil, server: nil, retryAfter: 1000, at: $1)
        }
        #expect(script.runtime.snapshot(id)?.attempts.nextRetryAt == 1_001_000)
        #expect(script.logs.last?.contains("in 1000 ms: [500 RT0023]") == true)
        script.pass(999)
        #expect(script.attempts.count == 1)
        script.pass(1)
        #expect(script.attempts.count == 2)
    }
}
