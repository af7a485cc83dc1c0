import Support
import RestateIdentity

#if RequestIdentity
import RestateHTTP
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

/// Over real sockets: what an endpoint with keys tells to whom.
@Suite(.timeLimit(.minutes(10)))
struct IdentityServerTests {
    private static let endpoint = Endpoint(Plain())
        .route("POST", "/double") { _ in .text("42") }
        .route("GET", "/own/discover") { _ in .text("mine") }
        .requestIdentity(keys: [TestKey.text])

    private static let contentType = ("content-type", "application/vnd.restate.invocation.v6")

    @Test(arguments: [
        ("GET", "/discover"), ("HEAD", "/prefix/discover"), ("POST", "/discover/"),
        ("GET", "/discover?x"), ("POST", "/invoke/Plain/greet"), ("GET", "/invoke/Plain/greet"),
        ("POST", "/invoke/Plain/greet/"), ("POST", "/invoke/Plain/missing"),
        ("POST", "/p/invoke/Nobody/greet?x"), ("PUT", "/invoke/health/health"),
        ("GET", "/invoke/own/discover"),
    ])
    func `an unsigned request learns nothing`(_ method: String, _ path: String) async throws {
        for headers in [[], [Self.contentType], [("x-restate-signature-scheme", "unsigned")]] {
            let answer = try await ask(method, path, headers)
            #expect(answer.status == 401)
            if method != "HEAD" {
                #expect(answer.text == IdentityRefusal.unsigned.description + "\n")
            }
        }
    }

    @Test func `the answer comes before the body`() async throws {
        let answer = try await ask("POST", "/invoke/Plain/greet", [Self.contentType], ends: false)
        #expect(answer.status == 401)
        #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(answer.headers["x-restate-server"] != nil)
    }

    @Test func `health, routes and what does not exist need no signature`() async throws {
        #expect(try await ask("GET", "/health").status == 200)
        #expect(try await ask("GET", "/prefix/health").status == 200)
        #expect(try await ask("POST", "/double").text == "42")
        #expect(try await ask("GET", "/double").status == 405)
        #expect(try await ask("GET", "/own/discover").text == "mine")
        #expect(try await ask("GET", "/nowhere").status == 404)
        #expect(try await ask("POST", "/invoke/Plain").status == 404)
        // A mark on the question mark hid the end of the path from the gate, not from the router.
        for path in ["/x?\u{301}/discover", "/double?\u{301}/discover"] {
            #expect(try await ask("GET", path).text.contains("greet") == false)
        }
    }

    @Test func `a signed request is answered as without keys`() async throws {
        let discovery = try await ask("GET", "/prefix/discover", try TestKey.signature("/discover"))
        #expect(discovery.status == 200)
        #expect(discovery.text.contains(#""name":"greet""#))

        let signed = try TestKey.signature("/invoke/Plain/greet") + [Self.contentType]
        var journal = Journal()
        journal.input = #""alice""#
        for path in ["/invoke/Plain/greet", "/a/b/invoke/Plain/greet?x", "/invoke/Plain/greet/"] {
            let answer = try await ask("POST", path, signed, journal.bytes)
            #expect(answer.status == 200)
            #expect(answer.text.contains("alice"))
        }
        #expect(try await ask("GET", "/invoke/Plain/greet", signed).status == 405)
        let missing = try TestKey.signature("/invoke/Plain/missing")
        #expect(try await ask("POST", "/invoke/Plain/missing", missing).status == 404)
        #expect(
            try await ask("POST", "/invoke/Plain/nothing", signed).text
                == IdentityRefusal.otherPath.description + "\n")
    }

    @Test func `hostile headers are a 401 and do no harm`() async throws {
        let good = try TestKey.signature("/discover")[1].1
        for token in [
            "", ".", "a.b.c", String(repeating: "A", count: 50_000),
            String(repeating: ".", count: 50_000), String(good.dropLast()), good + ".x",
            "Bearer \(good)",
        ] {
            let answer = try await ask(
                "GET", "/discover",
                [("x-restate-signature-scheme", "v1"), ("x-restate-jwt-v1", token)])
            #expect(answer.status == 401)
        }
        // Of several the first one counts, as everywhere.
        let twice = [("x-restate-signature-scheme", "v1"), ("x-restate-jwt-v1", "a.b.c")]
        #expect(
            try await ask("GET", "/discover", twice + TestKey.signature("/discover")).status == 401)
    }

    /// - Parameter ends: the request's body ends before its answer.
    private func ask(
        _ method: String, _ path: String, _ headers: [(String, String)] = [],
        _ body: [UInt8] = [], ends: Bool = true
    ) async throws -> Answer {
        let running = try Self.endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        var fields = HeaderFields()
        for (name, value) in headers { fields.append(name: name, value: value) }
        let head = RequestHead(
            method: method, path: path, authority: "localhost", headers: fields)
        let answer: Result<Answer, any Error>
        do {
            answer = .success(
                try await onLoop { loop in
                    let connection = try await ClientConnection.connect(
                        loop: loop, host: "127.0.0.1", port: running.port)
                    defer { connection.close() }
                    let stream = connection.open(head)
                    stream.write(body)
                    if ends { stream.finish() }
                    var received: [UInt8] = []
                    while true {
                        if stream.hasInput { received += stream.takeInput() }
                        if stream.inputEnded || stream.isClosed { break }
                        await stream.changed()
                    }
                    return Answer(
                        status: stream.responseStatus, headers: stream.responseHeaders,
                        text: String(decoding: received, as: UTF8.self))
                })
        } catch {
            answer = .failure(error)
        }
        await running.shutdown(grace: .zero)
        return try answer.get()
    }

    private struct Answer: Sendable {
        var status: Int?
        var headers: HeaderFields
        var text: String
    }
}
#endif
