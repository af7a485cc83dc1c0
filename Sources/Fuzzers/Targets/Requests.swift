import CanonicalJSON
import Foundation
import Restate
import RestateHTTP
import RestateLocal
import RestateProtocol
import Support

/// A request as a text: method and target, headers, an empty line, the body.
struct RequestText {
    var method = "GET"
    var path = "/"
    var headers: [(String, String)] = []
    var body: [UInt8] = []

    init(_ bytes: [UInt8]) {
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: 40, omittingEmptySubsequences: false)
        guard let first = lines.first else { return }
        let parts = first.split(separator: UInt8(ascii: " "), maxSplits: 1)
        let method = parts.first?.filter { (0x41...0x5a).contains($0) } ?? []
        if !method.isEmpty { self.method = String(decoding: method, as: UTF8.self) }
        if parts.count > 1 { path = Self.target(parts[1]) }
        var rest = lines.dropFirst()
        while let line = rest.first, !line.isEmpty {
            rest = rest.dropFirst()
            let field = line.split(separator: UInt8(ascii: ":"), maxSplits: 1)
            if field.count < 2 { continue }
            let name = String(decoding: field[0], as: UTF8.self).lowercased()
            if Self.framing.contains(name) || name.isEmpty { continue }
            headers.append((name, String(decoding: field[1].drop { $0 == 0x20 }, as: UTF8.self)))
        }
        body = Array(rest.dropFirst().joined(separator: [UInt8(ascii: "\n")]))
    }

    /// What HTTP/2 itself would refuse is written with percent signs.
    private static func target(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var target: [UInt8] = bytes.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        for byte in bytes {
            if byte > 0x20, byte < 0x7f {
                target.append(byte)
            } else {
                target += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: target, as: UTF8.self)
    }

    private static let framing: Set<String> = [
        "content-length", "transfer-encoding", "host", "connection", "expect", "upgrade", "te",
        "keep-alive", "proxy-connection",
    ]

    static func text(of question: Corpus.Question) -> [UInt8] {
        var text = "\(question.method) \(question.path)\n"
        for (name, value) in question.headers.prefix(20) {
            text += "\(name): \(value.prefix(2000))\n"
        }
        return Array("\(text)\n".utf8) + question.body.prefix(4000)
    }
}

/// An answer that came, or did not within the time.
struct Reply: Sendable {
    var status: Int?
    var contentType: String?
    var body: [UInt8] = []
    var wasReset = false
    var isLate = false
}

/// Asks many questions at once over one connection.
final class Asking: Sendable {
    /// Twice that is less than the supervisor's, and more than a busy machine takes from a process that
    /// has least of it.
    private static let patience: Duration = .seconds(8)
    private let loop = EventLoop()
    private let port: Int

    init(port: Int) {
        self.port = port
        loop.start()
    }

    func ask(_ requests: [RequestText]) async throws -> [Reply] {
        let (loop, port) = (loop, port)
        let task = Task(executorPreference: loop) {
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: port)
            defer { connection.close() }
            let streams = requests.map { request in
                var fields: HeaderFields = [:]
                for (name, value) in request.headers { fields.append(name: name, value: value) }
                let head = RequestHead(
                    method: request.method, path: request.path, authority: "127.0.0.1:\(port)",
                    headers: fields)
                let stream = connection.open(head, endStream: request.body.isEmpty)
                if !request.body.isEmpty {
                    stream.write(request.body)
                    stream.finish()
                }
                return stream
            }
            let isLate = Late()
            let timer = loop.schedule(after: Self.patience) {
                isLate.value = true
                for stream in streams where !stream.isClosed { stream.reset(code: 8) }
            }
            defer { timer.cancel() }
            var replies: [Reply] = []
            for stream in streams { replies.append(await Self.reply(stream, isLate)) }
            return replies
        }
        return try await task.value
    }

    /// Confined to the loop.
    private final class Late { var value = false }

    private nonisolated(nonsending) static func reply(
        _ stream: ClientStream, _ isLate: Late
    ) async -> Reply {
        var reply = Reply()
        while true {
            if stream.hasInput { reply.body += stream.takeInput() }
            if stream.inputEnded || stream.isClosed { break }
            await stream.changed()
        }
        reply.status = stream.responseStatus
        reply.contentType = stream.responseHeaders["content-type"]
        reply.wasReset = stream.resetCode != nil
        reply.isLate = isLate.value
        return reply
    }
}

/// Requests to something that listens, many at a time.
class RequestFuzzer {
    let batch = 64
    let isStateless = false
    private var asking: Asking?
    /// Asked for when an answer does not come: whether anything is answered at all.
    private let health: String

    init(health: String) { self.health = health }

    /// Starts what is asked.
    func start() async throws -> Int { fatalError("made by the subclass") }
    func stop() async {}

    private var asked = 0

    final func check(_ input: [UInt8]) async throws { try await check([input]) }

    final func check(_ inputs: [[UInt8]]) async throws {
        // What a long run leaves behind is thrown away.
        asked += inputs.count
        if asked > 50_000 {
            await stop()
            asking = nil
            asked = 0
        }
        let asking: Asking
        if let running = self.asking {
            asking = running
        } else {
            asking = Asking(port: try await start())
            self.asking = asking
        }
        let requests = inputs.map(RequestText.init).filter(isHarmless)
        let replies = try await asking.ask(requests)
        if replies.contains(where: \.isLate) {
            var question = RequestText([])
            question.path = health
            let alive = try await asking.ask([question])
            try require(alive[0].status == 200, "nothing is answered any more")
        }
        for (request, reply) in zip(requests, replies) { try look(at: reply, to: request) }
    }

    /// Whether it may be asked: it reaches nobody else.
    func isHarmless(_ request: RequestText) -> Bool { true }

    func look(at reply: Reply, to request: RequestText) throws {
        guard let status = reply.status else {
            return try require(
                reply.wasReset || reply.isLate, "no answer to \(request.method) \(request.path)")
        }
        try require((200...999).contains(status) || status == 101, "status \(status)")
        if reply.isLate || request.method == "HEAD" || reply.body.isEmpty { return }
        if reply.contentType == "application/json", status >= 400 {
            do {
                _ = try JSON.decode(JSONValue.self, from: reply.body)
            } catch {
                throw Finding("status \(status) with a body that is no JSON: \(quoted(reply.body))")
            }
        }
    }
}

/// Requests to an endpoint: targets, headers, frames.
final class EndpointRequests: RequestFuzzer, Fuzzer {
    static let name = "endpoint-requests"
    static let subject = "targets, headers and frames, as an endpoint takes them"

    private lazy var mutation = Mutation(
        words: FrameWords.frames
            + [
                "/invoke/", "/discover", "/health", "Ser/str", "?", "%2F", "//", "/../", "\u{301}",
                "application/vnd.restate.invocation.v6", "application/vnd.restate.invocation.v9",
                "accept: application/vnd.restate.endpointmanifest.v9+json\n",
                "x-restate-signature-scheme: v1\n",
            ].map { Array($0.utf8) },
        corpus: Corpus.journals.flatMap(\.sent))
    private var endpoint: RunningEndpoint?

    init() { super.init(health: "/health") }

    func make(_ random: inout Randomness) -> [UInt8] {
        let journal = random.pick(Corpus.journals)
        let version = journal.isVersion7 ? 7 : 5 + random.below(2)
        let handler = random.pick([
            "Ser/str", "Ser/opt", "Ser/typed", "Ser/count", "Obj/add", "Obj/get", "Flow/run",
        ])
        let head = random.pick([
            "POST /invoke/\(handler)\ncontent-type: application/vnd.restate.invocation.v\(version)\n\n",
            "POST /a/b/invoke/\(handler)?x\ncontent-type: application/vnd.restate.invocation.v\(version)\n\n",
            "GET /discover\naccept: application/vnd.restate.endpointmanifest.v3+json\n\n",
        ])
        let body = FrameWords.damaged(journal.sent, mutation, &random)
        if random.oneIn(2) { return Array(head.utf8) + body }
        return mutation.damaged(Array(head.utf8), &random) + body
    }

    override func start() async throws -> Int {
        let endpoint = try Endpoint(FuzzedService(), FuzzedObject(), FuzzedWorkflow()).start(
            host: "127.0.0.1", port: 0, loops: 1)
        self.endpoint = endpoint
        return endpoint.port
    }

    override func stop() async { await endpoint?.shutdown(grace: .zero) }

    override func look(at reply: Reply, to request: RequestText) throws {
        try super.look(at: reply, to: request)
        guard reply.status == 200, reply.contentType?.contains("invocation.v") == true else {
            return
        }
        try require(!reply.isLate, "an attempt without input goes on: \(request.path)")
        var decoder = FrameDecoder()
        decoder.push(reply.body)
        do throws(WireError) { while try decoder.next() != nil {} } catch {
            throw Finding("the attempt writes no frames: \(error)")
        }
        try require(!decoder.isInsideFrame, "the attempt writes half a frame")
    }
}

/// Requests to the local runtime: the ingress or the admin API.
class LocalRequests: RequestFuzzer {
    private let isAdmin: Bool
    private var server: RunningLocalServer?

    init(isAdmin: Bool) {
        self.isAdmin = isAdmin
        super.init(health: isAdmin ? "/health" : "/restate/health")
    }

    final override func start() async throws -> Int {
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        settings.ingressPort = 0
        settings.adminPort = 0
        let server = try await LocalServer(settings).start()
        try await server.register(Endpoint(FuzzedService(), FuzzedObject(), FuzzedWorkflow()))
        self.server = server
        let asking = Asking(port: server.ingressPort)
        let some = [
            "POST /Ser/count\n\n", "POST /Obj/a/add\ncontent-type: application/json\n\n1",
            "POST /Ser/count/send?delay=1h\n\n",
        ]
        _ = try await asking.ask(some.map { RequestText(Array($0.utf8)) })
        return isAdmin ? server.adminPort : server.ingressPort
    }

    final override func stop() async { await server?.shutdown() }
}

final class IngressRequests: LocalRequests, Fuzzer {
    static let name = "ingress-requests"
    static let subject = "paths, delays, headers and bodies, as the ingress takes them"

    private lazy var mutation = Mutation(
        words: [
            "/send", "/attach", "/output", "?delay=", "delay=P1Y", "delay=1h 2m",
            "delay=18446744073709551615ms",
            "&delay=", "idempotency-key: a\n", "/restate/invocation/", "/restate/workflow/",
            "/restate/call/",
            "/restate/send/", "/restate/awakeables/", "/resolve", "/reject", "%00", "%ff", "%C3%A9",
            "%2F", "..",
            "inv_1", "prom_1", "sign_1", "Obj/a/add", "Ser/str", "Flow/a/run",
            "content-type: application/json\n",
        ].map { Array($0.utf8) },
        corpus: Corpus.questions.filter { $0.to == "ingress" }.map(RequestText.text))

    init() { super.init(isAdmin: false) }

    func make(_ random: inout Randomness) -> [UInt8] {
        mutation.damaged(random.pick(mutation.corpus), &random)
    }
}

final class AdminRequests: LocalRequests, Fuzzer {
    static let name = "admin-requests"
    static let subject = "paths and bodies, as the admin API takes them"

    private lazy var mutation = Mutation(
        words: JSONGrammar.words
            + [
                "/services/Ser", "/services/Obj/state", "/invocations/inv_1", "/deployments",
                "/kill", "/cancel",
                "/purge", "/pause", "/resume", "/restart-as-new", "?from=", "?deployment=latest",
                "/openapi",
                "/internal/invocations_batch_operations/", "\"invocation_ids\":[",
                "\"object_key\":\"a\"",
                "\"new_state\":{", "content-type: application/json\n", "\"dry_run\":true",
            ].map { Array($0.utf8) },
        corpus: Corpus.questions.filter { $0.to == "admin" && !$0.path.hasPrefix("/query") }
            .map(RequestText.text))

    init() { super.init(isAdmin: true) }

    func make(_ random: inout Randomness) -> [UInt8] {
        mutation.damaged(random.pick(mutation.corpus), &random)
    }

    /// Registrations would reach whoever listens at what was made up.
    override func isHarmless(_ request: RequestText) -> Bool {
        !request.path.contains("deployments") || request.method == "GET"
            || request.method == "DELETE"
    }
}

/// SQL, as the admin API takes it.
final class Queries: LocalRequests, Fuzzer {
    static let name = "sql"
    static let subject = "queries on the tables"

    private lazy var mutation = Mutation(
        words: [
            "select ", " from sys_invocation ", " where ", " and ", " or ", " not ", " in (",
            " is null", " like '%a%'",
            " between 1 and 2", " group by 1 ", " order by 1 desc ", " limit 3 ", " offset 1 ",
            " union all select 1 ",
            " join sys_journal j on j.id = i.id ", "count(*)", "now()", "interval '1 hour'",
            "::text", "date_trunc('hour', ",
            "date_bin(", "array_agg(", "first_value(a order by b)", "case when 1 then 2 end",
            "with a as (select 1) ",
            "\"", "'", "''", "--", "/*", "*/", ";", "(", ")", "((((((((", "0x", "1e999",
            "cast(1 as int)", "sys_state",
            "state", "information_schema.columns", "show tables", "describe ", "explain ",
            "pragma ", "attach ", "x'00'",
        ].map { Array($0.utf8) },
        corpus: Corpus.questions.filter { $0.path.hasPrefix("/query") }.compactMap { question in
            struct Body: Decodable { var query: String }
            return (try? JSON.decode(Body.self, from: question.body)).map { Array($0.query.utf8) }
        })

    init() { super.init(isAdmin: true) }

    func make(_ random: inout Randomness) -> [UInt8] {
        let query = mutation.damaged(random.pick(mutation.corpus), &random)
        let body = (try? JSON.encode(["query": String(decoding: query, as: UTF8.self)])) ?? []
        let accept = random.oneIn(2) ? "accept: application/json\n" : ""
        return Array("POST /query\ncontent-type: application/json\n\(accept)\n".utf8) + body
    }
}
