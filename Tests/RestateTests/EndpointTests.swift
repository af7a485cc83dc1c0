import Support
import RestateHTTP
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

/// Over real sockets: what a server sees of an endpoint.
@Suite(.timeLimit(.minutes(10)))
struct EndpointTests {
    private static let invocation = "application/vnd.restate.invocation.v6"

    @Test(arguments: ["/invoke/Plain/greet", "/some/prefix/invoke/Plain/greet"])
    func `a handler is invoked by its path, wherever the endpoint is mounted`(
        _ path: String
    ) async throws {
        var journal = Journal()
        journal.input = #""alice""#
        let answer = try await ask(
            "POST", path, ["content-type": Self.invocation], journal.bytes)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == Self.invocation)
        #expect(answer.headers["x-restate-server"] == "restate-sdk-swift/0.1.0")
        #expect(answer.lines == [#"Output "alice""#, "End"])
    }

    @Test func `the answer speaks the version of the question`() async throws {
        for version in 5...7 {
            let type = "application/vnd.restate.invocation.v\(version)"
            let answer = try await ask(
                "POST", "/invoke/Plain/nothing", ["content-type": type], Journal().bytes)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == type)
            #expect(answer.lines == ["Output", "End"])
        }
    }

    @Test func `an unknown service or handler is a 404 that says what there is`() async throws {
        let service = try await ask("POST", "/invoke/Nobody/greet")
        #expect(service.status == 404)
        #expect(service.text.contains("There is no service 'Nobody' here."))
        let handler = try await ask("POST", "/invoke/Plain/great")
        #expect(handler.status == 404)
        #expect(
            handler.text.contains("Service 'Plain' has no handler 'great'; it has greet, nothing"))
        let nothing = try await ask("GET", "/nowhere")
        #expect(nothing.status == 404)
        #expect(nothing.text.contains("/nowhere"))
    }

    @Test func `a handler is not asked with GET`() async throws {
        let answer = try await ask("GET", "/invoke/Plain/greet")
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "POST")
        #expect(answer.text.contains("Handlers are invoked with POST, not GET."))
    }

    @Test(arguments: [
        nil, "application/json", "application/vnd.restate.invocation.v4",
        "application/vnd.restate.invocation.v8", "application/vnd.restate.invocation.v66",
    ])
    func `a content type that is no known protocol is a 415`(_ type: String?) async throws {
        let answer = try await ask(
            "POST", "/invoke/Plain/greet", type.map { ["content-type": $0] } ?? [:],
            Journal().bytes)
        #expect(answer.status == 415)
        #expect(answer.text.contains("application/vnd.restate.invocation.v5"))
        if let type { #expect(answer.text.contains(type)) }
    }

    @Test func `discovery answers in the version that was asked for`() async throws {
        for version in 1...5 {
            let type = "application/vnd.restate.endpointmanifest.v\(version)+json"
            let answer = try await ask("GET", "/discover", ["accept": type])
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == type)
            #expect(answer.text.contains(#""protocolMode":"BIDI_STREAM""#))
        }
    }

    @Test(arguments: [
        (HTTPVersion.http2, nil, "BIDI_STREAM"), (.http2, true, "BIDI_STREAM"),
        (.http2, false, "REQUEST_RESPONSE"), (.http1_1, nil, "REQUEST_RESPONSE"),
        (.http1_1, true, "BIDI_STREAM"), (.http1_1, false, "REQUEST_RESPONSE"),
    ])
    func `the mode follows from the version of HTTP, unless the endpoint says it`(
        _ version: HTTPVersion, _ streaming: Bool?, _ mode: String
    ) async throws {
        var endpoint = Endpoint(Plain())
        if let streaming { endpoint = endpoint.streaming(streaming) }
        let answer = try await ask("GET", "/discover", of: endpoint, over: version)
        #expect(answer.status == 200)
        #expect(answer.text.contains(#""protocolMode":"\#(mode)""#))
    }

    @Test(arguments: [-1, 65536, 70000, 99999])
    func `a port that there is not is refused`(_ port: Int) {
        let error = #expect(throws: EndpointError.self) { try Endpoint(Plain()).start(port: port) }
        #expect(error?.description == "A port is a number from 0 to 65535, not \(port).")
    }

    @Test func `an endpoint without a loop is refused`() {
        let error = #expect(throws: EndpointError.self) {
            try Endpoint(Plain()).start(port: 0, loops: 0)
        }
        #expect(error?.description.contains("Leave 'loops' out for one per core.") == true)
    }

    @Test func `a port or host that cannot be had is told with advice`() async throws {
        let taken = try Endpoint(Plain()).start(host: "127.0.0.1", port: 0, loops: 1)
        let port = taken.port
        let error = #expect(throws: EndpointError.self) {
            try Endpoint(Plain()).start(host: "127.0.0.1", port: port)
        }
        #expect(
            error?.description == "bind 127.0.0.1:\(port): Address already in use; choose another "
                + "port, or 0 for any free one")
        await taken.shutdown(grace: .zero)
        let stranger = #expect(throws: EndpointError.self) {
            try Endpoint(Plain()).start(host: "192.0.2.1", port: 0)
        }
        #expect(
            stranger?.description.hasSuffix(
                "; the host must be a name or an address of this machine") == true)
    }

    @Test func `serving in vain ends the process with a line`() async throws {
        let ended = await #expect(
            processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
        ) {
            await Endpoint(Plain()).serve(port: 70000)
        }
        let complaint = String(decoding: ended?.standardErrorContent ?? [], as: UTF8.self)
        #expect(complaint == "restate: A port is a number from 0 to 65535, not 70000.\n")
    }

    @Test func `a manifest version that is not known is a 415`() async throws {
        let answer = try await ask(
            "GET", "/discover", ["accept": "application/vnd.restate.endpointmanifest.v9+json"])
        #expect(answer.status == 415)
        #expect(answer.text.contains("v9"))
        let posted = try await ask("POST", "/discover")
        #expect(posted.status == 405)
        #expect(posted.headers["allow"] == "GET")
    }

    @Test func `an option that the version cannot say is a 500 with a sentence`() async throws {
        let answer = try await ask(
            "GET", "/discover", ["accept": "application/vnd.restate.endpointmanifest.v2+json"],
            of: Endpoint(Private()))
        #expect(answer.status == 500)
        #expect(answer.text.contains("The handler 'Private/secret' sets ingress private"))
    }

    @Test func `health is answered`() async throws {
        #expect(try await ask("GET", "/health").status == 200)
        #expect(try await ask("GET", "/prefix/health").status == 200)
        #expect(try await ask("POST", "/health").status == 405)
    }

    @Test func `an application's own routes stand beside the handlers`() async throws {
        let endpoint = Endpoint(Plain()).route("POST", "/double") { request in
            let number: Int = try request.json()
            return try .json(number * 2)
        }
        let answer = try await ask("POST", "/double?x=1", [:], Array("21".utf8), of: endpoint)
        #expect(answer.status == 200)
        #expect(answer.text == "42")
        #expect(try await ask("GET", "/double", of: endpoint).status == 405)
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a route knows the parts of its path, and whom the client asked`(
        version: HTTPVersion
    ) async throws {
        let endpoint = Endpoint(Plain()).route("GET", "/orders/{id}") { request in
            .text("\(request.parameters) \(request.authority ?? "nobody")")
        }
        let answer = try await ask("GET", "/orders/a%20b?x", of: endpoint, over: version)
        #expect(answer.text == #"["id": "a b"] localhost"#)
    }

    @Test func `a route takes a body of the size that it says, and refuses a larger one`()
        async throws
    {
        let endpoint = Endpoint([])
            .route("POST", "/small", bodyLimit: 3) { .text("\($0.body.count)") }
            .route("POST", "/usual") { .text("\($0.body.count)") }
            .route("POST", "/large", bodyLimit: 9 << 20) { .text("\($0.body.count)") }
        for (path, limit) in [("/small", 3), ("/usual", 8 << 20), ("/large", 9 << 20)] {
            let body = [UInt8](repeating: 0x61, count: limit)
            #expect(try await ask("POST", path, [:], body, of: endpoint).text == "\(limit)")
            let answer = try await ask("POST", path, [:], body + [0x61], of: endpoint)
            #expect(answer.status == 413)
            #expect(answer.text == "The body is over \(limit) bytes.\n")
        }
    }

    @Test func `a route refuses a larger body in its own words`() async throws {
        let endpoint = Endpoint([]).route(
            "POST", "/", bodyLimit: 3, tooLarge: try .json(["error": "large"], status: 413)
        ) { _ in .text("") }
        let answer = try await ask("POST", "/", [:], Array("four".utf8), of: endpoint)
        #expect(answer.status == 413)
        #expect(answer.text == #"{"error":"large"}"#)
    }

    @Test func `an endpoint is checked without a start as it is by one`() throws {
        try Endpoint(Plain()).validate()
        let error = #expect(throws: EndpointError.self) {
            try Endpoint(Plain()).requestIdentity(keys: []).validate()
        }
        #expect(error?.code == .identity)
    }

    @Test(arguments: [0, 99, 100, 103, 199, 1000])
    func `a route's status that ends no answer becomes a 500`(_ status: Int) async throws {
        let endpoint = Endpoint([]).route("GET", "/") { _ in RouteResponse(status: status) }
        for version in [HTTPVersion.http1_1, .http2] {
            #expect(try await ask("GET", "/", of: endpoint, over: version).status == 500)
        }
    }

    private func ask(
        _ method: String, _ path: String, _ headers: [String: String] = [:],
        _ body: [UInt8] = [], of endpoint: Endpoint = Endpoint(Plain()),
        over version: HTTPVersion = .http2
    ) async throws -> Answer {
        var endpoint = endpoint
        endpoint.placing = Elsewhere.rule
        let running = try endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        let answer = try await onLoop { loop in
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: running.port, version: version,
                limits: .patient)
            defer { connection.close() }
            var fields = HeaderFields()
            for (name, value) in headers { fields.append(name: name, value: value) }
            let stream = connection.open(
                RequestHead(
                    method: method, path: path, authority: "localhost", headers: fields,
                    version: version))
            stream.write(body)
            stream.finish()
            var received: [UInt8] = []
            while true {
                if stream.hasInput { received += stream.takeInput() }
                if stream.inputEnded || stream.isClosed { break }
                await stream.changed()
            }
            return Answer(
                status: stream.responseStatus, headers: stream.responseHeaders, body: received)
        }
        await running.shutdown(grace: .zero)
        return answer
    }
}

private struct Answer: Sendable {
    var status: Int?
    var headers: HeaderFields
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    var lines: [String] {
        var decoder = FrameDecoder()
        decoder.push(body)
        var lines: [String] = []
        while let frame = try? decoder.next() { lines.append(line(frame)) }
        return lines
    }
}

private struct Private: Service {
    func secret(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let secret = handler(Private.secret).ingressPrivate()
    }
}
