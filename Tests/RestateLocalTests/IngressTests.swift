import Restate
import RestateClient
import RestateHTTP
import Support
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import TestServices

/// What the recorded questions do not ask of the ingress.
@Suite(.timeLimit(.minutes(10))) struct IngressTests {
    private let json = [("content-type", "application/json")]

    private func withServer(_ body: (RunningLocalServer) async throws -> Void) async throws {
        try await withLocalServer([
            Counter(), BlockAndWaitWorkflow(), TestUtilsService(), Sleeper(),
        ]) { server, _ in try await body(server) }
    }

    @Test func `a body of 32 MiB but a little comes back whole, one of 32 MiB is too much to send`()
        async throws
    {
        try await withLocalServer([TestUtilsService()]) { server, _ in
            func post(_ path: String, _ count: Int) async throws -> Answer {
                try await ask(
                    port: server.ingressPort, "POST", "/TestUtilsService/rawEcho" + path,
                    headers: [("content-type", "application/octet-stream")],
                    body: [UInt8](repeating: 7, count: count))
            }
            let answer = try await post("", 33_488_896)
            #expect(answer.status == 200)
            #expect(answer.body.count == 33_488_896 && answer.body.allSatisfy { $0 == 7 })
            // As on a server: it is taken, and the attempt finds that its memory does not do.
            #expect(try await post("/send", 32 << 20).status == 202)
            let paused = try await server.query("select status from sys_invocation")
            #expect(paused.contains("paused"))
            #expect(try await post("", 32 << 20 + 1).status == 413)
        }
    }

    @Test func `the forms that say call or send in front are the same`() async throws {
        try await withServer { server in
            let call = try await ask(
                port: server.ingressPort, "POST", "/restate/call/Counter/a/add", headers: json,
                body: [0x35])
            #expect(call.status == 200)
            #expect(call.text == #"{"newValue":5,"oldValue":0}"#)
            let send = try await ask(
                port: server.ingressPort, "POST", "/restate/send/TestUtilsService/echo",
                headers: json, body: Array(#""x""#.utf8))
            #expect(send.status == 202)
            let scoped = try await ask(
                port: server.ingressPort, "POST", "/restate/scope/s/call/TestUtilsService/echo",
                headers: json, body: Array(#""x""#.utf8))
            #expect(scoped.status == 400)
            #expect(scoped.text.contains("scoped invocations require vqueues to be enabled"))
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2], ["k\u{fc}", "\u{1F600}"])
    func `an idempotency key beyond ASCII is refused and nothing is executed`(
        version: HTTPVersion, key: String
    ) async throws {
        try await withServer { server in
            let answer = try await withConnection(port: server.ingressPort, version: version) {
                let stream = $0.open(
                    RequestHead(
                        method: "POST", path: "/Counter/i/add", authority: "x",
                        headers: ["content-type": "application/json", "idempotency-key": key],
                        version: version))
                stream.write(Array("1".utf8))
                stream.finish()
                return try await stream.answer()
            }
            #expect(answer.status == 400)
            #expect(answer.text.contains("bad header idempotency-key: ToStrError { _priv: () }"))
            #expect(answer.headers["x-restate-id"] == nil)
            let count = try await ask(port: server.ingressPort, "POST", "/Counter/i/get")
            #expect(count.text == "0")
        }
    }

    @Test func `a handler's code that is no final status is answered as 500`() async throws {
        for code in [100, 101, 199, 0, 1000] {
            let answer = IngressRefusal.answer(
                code: code, message: "m", metadata: [], source: .invocation)
            #expect(answer.status == 500)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("\"code\":\(code),"))
        }
    }

    @Test func `a handler sees the path and the request's headers`() async throws {
        try await withServer { server in
            let answer = try await ask(
                port: server.ingressPort, "POST", "/TestUtilsService/echoHeaders?x=1",
                headers: [("x-mine", "7"), ("idempotency-key", "k")])
            let seen = try answer.json
            #expect(seen["x-restate-ingress-path"]?.string == "/TestUtilsService/echoHeaders?x=1")
            #expect(seen["x-mine"]?.string == "7")
            #expect(seen["idempotency-key"] == nil)
            #expect(seen["host"] == nil)
        }
    }

    @Test func `a result that was there already says until when it is kept`() async throws {
        try await withServer { server in
            var answers: [Answer] = []
            for _ in 0..<2 {
                answers.append(
                    try await ask(
                        port: server.ingressPort, "POST", "/Counter/i/add",
                        headers: json + [("idempotency-key", "once")], body: [0x31]))
            }
            #expect(answers[0].body == answers[1].body)
            #expect(answers[0].headers["x-restate-id"] == answers[1].headers["x-restate-id"])
            #expect(answers[0].headers["idempotency-expires"] == nil)
            #expect(answers[1].headers["idempotency-expires"]?.hasSuffix("+00:00") == true)
        }
    }

    @Test func `a target may be named in the body`() async throws {
        try await withServer { server in
            func target(_ question: String, _ body: String) async throws -> Answer {
                try await ask(
                    port: server.ingressPort, "POST", "/restate/\(question)", headers: json,
                    body: Array(body.utf8))
            }
            let workflow =
                #"{"target":"workflow","workflowName":"BlockAndWaitWorkflow","workflowKey":"w"}"#
            let found = try await target("lookup", workflow).json["invocationId"]?.string
            let sent = try await ask(
                port: server.ingressPort, "POST", "/BlockAndWaitWorkflow/w/run/send",
                headers: json, body: Array(#""in""#.utf8))
            #expect(try sent.json["invocationId"]?.string == found)
            #expect(try await target("output", workflow).status == 470)
            let byID = try await target(
                "output", #"{"target":"invocation","invocationId":"\#(found ?? "")"}"#)
            #expect(byID.status == 470)
            let idempotent = try await target(
                "output",
                #"{"target":"idempotentInvocation","service":"Counter","key":"k","handler":"add","#
                    + #""idempotencyKey":"none"}"#)
            #expect(idempotent.status == 404)
            #expect(try await target("attach", "{").status == 500)
            #expect(try await target("attach", #"{"target":"workflow"}"#).status == 500)
        }
    }

    @Test func `a body over the limit is refused before it is read`() async throws {
        try await withServer { server in
            let answer = try await withConnection(
                port: server.ingressPort, version: .http2
            ) { connection in
                let stream = connection.open(
                    RequestHead(
                        method: "POST", path: "/TestUtilsService/rawEcho",
                        authority: "localhost",
                        headers: ["content-length": "40000000", "content-type": "x/y"]))
                return try await stream.answer()
            }
            #expect(answer.status == 413)
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a large body comes and goes whole`(version: HTTPVersion) async throws {
        try await withServer { server in
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let answer = try await ask(
                port: server.ingressPort, "POST", "/TestUtilsService/rawEcho",
                headers: [("content-type", "application/octet-stream")], body: body,
                version: version)
            #expect(answer.status == 200)
            #expect(answer.body == body)
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `an invocation goes on when its client has gone`(version: HTTPVersion) async throws {
        try await withServer { server in
            try await withConnection(port: server.ingressPort, version: version) { connection in
                let stream = connection.open(
                    RequestHead(
                        method: "POST", path: "/Sleeper/k/nap", authority: "localhost",
                        headers: ["content-length": "0"]), endStream: true)
                // Its first step is on record, so the call has begun; then nobody waits any more.
                while try await ask(
                    port: server.ingressPort, "POST", "/Sleeper/k/hasBegun"
                ).text != "true" {
                    try #require(!stream.isClosed)
                }
                connection.close()
            }
            let awake = try await ask(port: server.ingressPort, "POST", "/Sleeper/k/wake")
            #expect(awake.status == 200)
            while try await ask(
                port: server.ingressPort, "POST", "/Sleeper/k/hasEnded"
            ).text != "true" {}
        }
    }

    @Test func `awakeables are rejected with the body's text`() async throws {
        try await withServer { server in
            let sent = try await ask(port: server.ingressPort, "POST", "/Sleeper/r/nap/send")
            let id = try #require(try sent.json["invocationId"]?.string)
            var awakeable = ""
            while awakeable.isEmpty {
                awakeable =
                    (try? await ask(port: server.ingressPort, "POST", "/Sleeper/r/bell").json.string)
                    ?? ""
            }
            let rejected = try await ask(
                port: server.ingressPort, "POST", "/restate/a/\(awakeable)/reject",
                body: Array("no more sleep".utf8))
            #expect(rejected.status == 202)
            let result = try await ask(
                port: server.ingressPort, "GET", "/restate/attach/\(id)")
            #expect(result.status == 500)
            #expect(try result.json["message"]?.string == "no more sleep")
            #expect(try result.json["source"]?.string == "invocation")
        }
    }

    @Test func `pages of other origins may call`() async throws {
        try await withServer { server in
            let answer = try await ask(
                port: server.ingressPort, "GET", "/Counter/o/get",
                headers: [("origin", "http://example.com")])
            #expect(answer.status == 200)
            #expect(answer.headers["access-control-allow-origin"] == "http://example.com")
            #expect(answer.headers["access-control-allow-credentials"] == "true")
            #expect(answer.headers["access-control-expose-headers"] == nil)
        }
    }
}

/// Sleeps until it is woken, and says how far it is.
struct Sleeper: VirtualObject {
    static let bell = StateKey<String?>("bell")
    static let ended = StateKey<Bool>("ended", default: false)

    func nap(_ ctx: ObjectContext) async throws {
        let awakeable = ctx.awakeable(String.self)
        ctx.set(Self.bell, awakeable.id.rawValue)
        _ = try await awakeable.value
        ctx.set(Self.ended, true)
    }

    func bell(_ ctx: SharedObjectContext) async throws -> String {
        try await ctx.get(Self.bell) ?? ""
    }

    func hasBegun(_ ctx: SharedObjectContext) async throws -> Bool {
        try await ctx.get(Self.bell) != nil
    }

    func hasEnded(_ ctx: SharedObjectContext) async throws -> Bool {
        try await ctx.get(Self.ended)
    }

    func wake(_ ctx: SharedObjectContext) async throws {
        guard let text = try await ctx.get(Self.bell) else { return }
        ctx.resolve(AwakeableID<String>(text), with: "up")
    }

    struct API: HandlerTable {
        let nap = exclusive(Sleeper.nap)
        let bell = shared(Sleeper.bell)
        let hasBegun = shared(Sleeper.hasBegun)
        let hasEnded = shared(Sleeper.hasEnded)
        let wake = shared(Sleeper.wake)
    }
}
