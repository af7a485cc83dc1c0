import Restate
import RestateHTTP
import RestateLocal
import Support
import Testing

@testable import TestServices

/// Who may ask the admin API, and how.
@Suite(.timeLimit(.minutes(10))) struct AdminRequestTests {
    private let json = [("content-type", "application/json")]

    private static let routes = [
        ("POST", "/deployments"), ("POST", "/query"), ("POST", "/services/Nowhere/state"),
        ("PATCH", "/services/Nowhere"), ("POST", "/internal/invocations_batch_operations/kill"),
        ("POST", "/subscriptions"), ("PATCH", "/deployments/nonsense"),
    ]

    @Test(arguments: [
        nil, "", "text/plain", "text/json", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x", "application/jsonp",
    ])
    func `a body that is not said to be JSON is refused before anything is looked at`(
        type: String?
    ) async throws {
        try await withLocalServer([], registered: false) { server, _ in
            for (method, path) in Self.routes {
                let answer = try await ask(
                    port: server.adminPort, method, path,
                    headers: type.map { [("content-type", $0)] } ?? [], body: Array("{}".utf8))
                #expect(answer.status == 415, "\(method) \(path)")
                #expect(answer.text == "Expected request with `Content-Type: application/json`")
            }
        }
    }

    @Test(arguments: [
        "application/json", "APPLICATION/JSON; charset=utf-8", "application/a.b+json",
    ])
    func `JSON has many names`(type: String) async throws {
        try await withLocalServer([], registered: false) { server, _ in
            for (method, path) in Self.routes {
                let answer = try await ask(
                    port: server.adminPort, method, path, headers: [("content-type", type)],
                    body: Array("{}".utf8))
                #expect(answer.status != 415, "\(method) \(path)")
            }
        }
    }

    @Test(arguments: ["http://evil.example", "null", "http://127.0.0.1", "http://localhost:1"])
    func `a page of another site can neither register an endpoint nor read`(
        origin: String
    ) async throws {
        try await withLocalServer([Counter()], registered: false) { server, endpoint in
            let body = #"{"uri":"http://127.0.0.1:\#(endpoint.port)"}"#
            let registered = try await ask(
                port: server.adminPort, "POST", "/deployments",
                headers: json + [("origin", origin)], body: Array(body.utf8))
            #expect(registered.status == 403)
            #expect(registered.text.contains("only from its own"))
            let read = try await ask(
                port: server.adminPort, "GET", "/deployments", headers: [("origin", origin)])
            #expect(read.status == 403)
            let all = try await ask(port: server.adminPort, "GET", "/deployments")
            #expect(all.text == #"{"deployments":[]}"#)
        }
    }

    @Test func `the admin API's own pages may use it, and those of a site that is allowed`()
        async throws
    {
        try await withLocalServer([], registered: false) {
            $0.allowedHosts = ["ui.example"]
        } body: { server, _ in
            for origin in ["http://127.0.0.1:\(server.adminPort)", "https://ui.example:3000"] {
                let answer = try await ask(
                    port: server.adminPort, "GET", "/version", headers: [("origin", origin)])
                #expect(answer.status == 200, "\(origin)")
            }
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a name that somebody else gave this machine is refused`(
        version: HTTPVersion
    ) async throws {
        try await withLocalServer([], registered: false) {
            $0.allowedHosts = ["Restate.Test."]
        } body: { server, _ in
            func status(_ host: String) async throws -> Int {
                try await withConnection(port: server.adminPort, version: version) {
                    try await $0.open(
                        RequestHead(method: "GET", path: "/version", authority: host),
                        endStream: true
                    ).answer().status
                }
            }
            for host in [
                "evil.example:9070", "localhost.evil.example", "127.0.0.1.evil.example", "1.2.3",
            ] {
                let found = try await status(host)
                #expect(found == 403, "\(host)")
            }
            for host in [
                "localhost:9070", "LOCALHOST", "a.localhost:1", "127.0.0.1:9070", "10.0.0.7",
                "[::1]:9070",
                "restate.test:9070", "restate.test.",
            ] {
                let found = try await status(host)
                #expect(found == 200, "\(host)")
            }
        }
    }

    @Test(arguments: [
        ("POST", "/health", "GET,HEAD"), ("FOO", "/version", "GET,HEAD"),
        ("PUT", "/deployments", "GET,HEAD,POST"), ("GET", "/query", "POST"),
        ("POST", "/deployments/nonsense", "GET,HEAD,DELETE,PATCH,PUT"),
        ("DELETE", "/services/Nowhere", "GET,HEAD,PATCH"),
        ("GET", "/services/Nowhere/state", "POST"),
        ("GET", "/invocations/nonsense", "DELETE"), ("GET", "/invocations/nonsense/kill", "PATCH"),
        ("OPTIONS", "/query", "POST"),
        ("GET", "/internal/invocations_batch_operations/kill", "POST"),
    ])
    func `a wrong method is told the right ones before the id is looked at`(
        method: String, path: String, allow: String
    ) async throws {
        try await withLocalServer([], registered: false) { server, _ in
            let answer = try await ask(port: server.adminPort, method, path)
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == allow)
        }
    }

    @Test func `whatever can be read can be asked for its head`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            for path in [
                "/health", "/version", "/cluster-health", "/openapi", "/deployments", "/services",
                "/services/Counter", "/services/Counter/openapi", "/services/Counter/handlers",
                "/services/Counter/handlers/add", "/subscriptions", "/kafka-clusters",
            ] {
                let head = try await ask(port: server.adminPort, "HEAD", path)
                let whole = try await ask(port: server.adminPort, "GET", path)
                #expect(head.status == 200 && head.body.isEmpty, "\(path)")
                #expect(head.headers["content-type"] == whole.headers["content-type"], "\(path)")
            }
        }
    }

    @Test(arguments: [
        "/version/", "//version", "/VERSION", "/services//", "/services/", "/v5/version",
        "/v04/version", "/V4/version", "/", "/ui/", "/rules", "/invocations",
        "/internal/invocations_batch_operations/nothing",
    ])
    func `a path that is not exactly one leads nowhere`(path: String) async throws {
        try await withLocalServer([], registered: false) { server, _ in
            let answer = try await ask(
                port: server.adminPort, "POST", path, headers: json, body: Array("{}".utf8))
            #expect(answer.status == 404)
        }
    }

    @Test func `parameters have one spelling and one value`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let all = try await ask(port: server.adminPort, "GET", "/deployments")
            let id = try #require(all.text.firstMatch(of: /dp_1[0-9a-zA-Z]{22}/)).output
            for (query, status) in [
                ("", 501), ("?force=false", 501), ("?FORCE=true", 501), ("?force=1", 400),
                ("?force=", 400), ("?force=true&force=true", 400), ("?force=true", 202),
                ("?force=true", 404),
            ] {
                let answer = try await ask(
                    port: server.adminPort, "DELETE", "/deployments/\(id)\(query)")
                #expect(answer.status == status, "\(query)")
            }
        }
    }

    @Test(arguments: [
        ("x", "bad format"), ("dp_1", "bad length"), ("dp_bad", "unrecognized codec version"),
        ("y_1", "unrecognized resource type: y"),
        ("inv_12dw5UBHriBL6zDR4IfF2Ev9TdQHvK6rsZ", "id doesn't match the expected type"),
        ("dp_1" + String(repeating: "0", count: 23), "bad length"),
        ("dp_1" + String(repeating: "-", count: 22), "base62 decode error"),
    ])
    func `what is wrong with an id is told`(id: String, reason: String) async throws {
        try await withLocalServer([], registered: false) { server, _ in
            let answer = try await ask(port: server.adminPort, "GET", "/deployments/\(id)")
            #expect(answer.status == 400)
            #expect(
                answer.text
                    == "Invalid URL: Cannot parse `deployment` with value `\(id)`: \(reason)")
        }
    }

    @Test func `a body of more than two megabytes is not read`() async throws {
        try await withLocalServer([], registered: false) { server, _ in
            let answer = try await ask(
                port: server.adminPort, "POST", "/query", headers: json,
                body: [UInt8](repeating: 0x20, count: 3 << 20))
            #expect(answer.status == 413)
            #expect(answer.text.hasSuffix("length limit exceeded"))
        }
    }

    @Test(arguments: [-1, 70000, 99999])
    func `a port that is none is refused, and no other one is opened`(port: Int) async throws {
        for isAdmin in [false, true] {
            var settings = LocalServerSettings()
            settings.ingressPort = isAdmin ? 0 : port
            settings.adminPort = isAdmin ? port : 0
            await #expect {
                _ = try await LocalServer(settings).start()
            } throws: { error in
                "\(error)".contains("0 to 65535")
            }
        }
    }
}
