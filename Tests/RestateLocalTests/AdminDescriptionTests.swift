import Restate
import RestateHTTP
import Support
import Testing

@testable import RestateLocal
@testable import TestServices

/// The admin API's description of itself, beside its router and beside what it answers.
@Suite(.timeLimit(.minutes(10))) struct AdminDescriptionTests {
    private static let json = [("content-type", "application/json")]

    /// What stands for the names of a path, when nothing of that name is there.
    private func concrete(_ path: String) -> String {
        path.replacing("{deployment}", with: "dp_1" + String(repeating: "0", count: 22))
            .replacing("{service}", with: "Nowhere").replacing("{handler}", with: "h")
            .replacing("{invocation_id}", with: "inv_12dw5UBHriBL6zDR4IfF2Ev9TdQHvK6rsZ")
            .replacing("{subscription}", with: "sub_1" + String(repeating: "0", count: 22))
            .replacing("{cluster}", with: "c")
    }

    private func route(_ path: String) -> AdminRoute? {
        AdminRoute(path.dropFirst().split(separator: "/", omittingEmptySubsequences: false))
    }

    private func document(_ server: RunningLocalServer) async throws -> OpenAPICheck {
        OpenAPICheck(try await ask(port: server.adminPort, "GET", "/openapi").json)
    }

    // MARK: Beside the router

    @Test func `every path of the router is described, with each of its methods`() throws {
        let bytes = AdminDescription.openAPI(version: "1")
        let check = OpenAPICheck(try FixtureJSON(parsing: bytes))
        var expected: Set<String> = []
        var ids: [String] = []
        for path in AdminPath.allCases {
            let isOfOperations = path.rawValue.contains("{operation}")
            for operation in isOfOperations ? InvocationOperation.allCases : [.cancel] {
                let text = path.rawValue.replacing("{operation}", with: operation.rawValue)
                expected.insert(text)
                let found = try #require(route(concrete(text)), "\(text)")
                #expect(found.path == path)
                #expect(found.operation == (isOfOperations ? operation : nil))
                #expect(!path.methods.isEmpty, "\(text)")
                let described = check.document["paths"]?[text]?.object?.keys.map { $0 }.sorted()
                #expect(described == path.methods.map { $0.rawValue.lowercased() }.sorted())
                for method in path.methods {
                    let entry = try #require(check.operation(method.rawValue, text))
                    ids.append(entry["operationId"]?.string ?? "")
                    #expect(entry["summary"]?.string?.isEmpty == false)
                    #expect((entry["requestBody"] != nil) == path.readsJSON(method), "\(text)")
                    let inPath = entry["parameters"]?.array?.filter { $0["in"]?.string == "path" }
                    let names = text.matches(of: /\{(\w+)\}/).map { String($0.output.1) }
                    #expect((inPath ?? []).map { $0["name"]?.string } == names)
                    for parameter in entry["parameters"]?.array ?? [] {
                        #expect(parameter["schema"]?.object?.isEmpty == false)
                        #expect(parameter["description"]?.string?.isEmpty == false)
                    }
                    #expect(entry["responses"]?.object?.isEmpty == false)
                }
            }
        }
        #expect(Set(check.document["paths"]?.object?.keys.map { $0 } ?? []) == expected)
        #expect(Set(ids).count == ids.count)
        #expect(check.danglingReferences.isEmpty)
    }

    @Test func `every schema that is there is used`() throws {
        let bytes = AdminDescription.openAPI(version: "1")
        let text = String(decoding: bytes, as: UTF8.self)
        for name in SchemaName.allCases {
            #expect(text.contains(#""$ref":"\#(name.reference)""#), "\(name)")
        }
    }

    @Test func `what is not there is refused at each path as the description says`() async throws {
        try await withLocalServer([], registered: false) { server, _ in
            let check = try await document(server)
            for path in check.document["paths"]?.object?.keys.sorted() ?? [] {
                for method in try #require(route(concrete(path))).path.methods {
                    for body in ["{}", "[", ""] {
                        let answer = try await ask(
                            port: server.adminPort, method.rawValue, concrete(path),
                            headers: Self.json, body: Array(body.utf8))
                        let complaints = check.complaints(
                            answer: answer.body, status: answer.status,
                            contentType: answer.headers["content-type"], to: method.rawValue, path)
                        #expect(complaints.isEmpty)
                        let isOld = method == .put
                        #expect(answer.status != 405 || isOld, "\(method) \(path)")
                    }
                }
            }
        }
    }

    @Test(arguments: [
        (#"{"message":"m"}"#, 404, "application/json", true),
        (#"{"message":"m","restate_code":null}"#, 404, "application/json", true),
        ("no", 404, "text/plain; charset=utf-8", true),
        ("", 404, "", true),
        (#"{"message":1}"#, 404, "application/json", false),
        (#"{}"#, 404, "application/json", false),
        (#"{"message":"m","other":1}"#, 404, "application/json", false),
        (#"{"message":"m","restate_code":7}"#, 404, "application/json", false),
        ("{", 404, "application/json", false),
        ("no", 404, "text/html", false),
        (#"{"message":"m"}"#, 299, "application/json", false),
        ("", 200, "", false),
    ])
    func `an answer that is not as it is described is found`(
        body: String, status: Int, type: String, fits: Bool
    ) throws {
        let check = OpenAPICheck(
            try FixtureJSON(parsing: AdminDescription.openAPI(version: "1")))
        let complaints = check.complaints(
            answer: Array(body.utf8), status: status, contentType: type, to: "GET",
            "/services/{service}")
        #expect(complaints.isEmpty == fits, "\(complaints)")
    }

    // MARK: Beside the answers

    /// Asks, and compares the request and the answer with the description.
    private func expect(
        _ status: Int, _ method: String, _ template: String, _ server: RunningLocalServer,
        of names: [String: String] = [:], query: String = "", body: String = ""
    ) async throws -> Answer {
        let check = try await document(server)
        let path = names.reduce(template) { $0.replacing("{\($1.key)}", with: $1.value) }
        let answer = try await ask(
            port: server.adminPort, method, path + query,
            headers: body.isEmpty ? [] : Self.json + [("accept", "application/json")],
            body: Array(body.utf8))
        #expect(answer.status == status, "\(method) \(path): \(answer.text)")
        #expect(
            check.complaints(
                answer: answer.body, status: answer.status,
                contentType: answer.headers["content-type"], to: method, template) == [])
        if !body.isEmpty, status < 400 {
            #expect(check.complaints(request: Array(body.utf8), to: method, template) == [])
        }
        return answer
    }

    @Test(arguments: [
        "/health", "/version", "/cluster-health", "/openapi", "/subscriptions", "/kafka-clusters",
    ])
    func `what is always there is as the description says`(path: String) async throws {
        try await withLocalServer([], registered: false) { server, _ in
            _ = try await expect(200, "GET", path, server)
        }
    }

    @Test func `deployments are as the description says`() async throws {
        let services = contractServices + [Sleeper()]
        try await withLocalServer(services, registered: false) { server, endpoint in
            let uri = "http://127.0.0.1:\(endpoint.port)"
            let full =
                #"{"uri":"\#(uri)","additional_headers":{"x-a":"b"},"metadata":{"m":"n"},"#
                + #""use_http_11":false,"breaking":null,"force":true,"dry_run":false}"#
            let new = try await expect(201, "POST", "/deployments", server, body: full)
            let id = try #require(try new.json["id"]?.string)
            _ = try await expect(200, "POST", "/deployments", server, body: #"{"uri":"\#(uri)"}"#)
            _ = try await expect(200, "GET", "/deployments", server)
            let place = ["deployment": id]
            _ = try await expect(200, "GET", "/deployments/{deployment}", server, of: place)
            _ = try await expect(
                200, "PATCH", "/deployments/{deployment}", server, of: place,
                body: #"{"additional_headers":{},"overwrite":true}"#)
            for (status, body) in [
                (500, #"{"uri":"http://127.0.0.1:1"}"#), (501, #"{"uri":"https://127.0.0.1:1"}"#),
                (400, #"{"uri":"/x"}"#), (422, "[]"), (400, "{"),
            ] {
                _ = try await expect(status, "POST", "/deployments", server, body: body)
            }
            _ = try await expect(501, "DELETE", "/deployments/{deployment}", server, of: place)
            _ = try await expect(
                202, "DELETE", "/deployments/{deployment}", server, of: place, query: "?force=true")
            _ = try await expect(404, "GET", "/deployments/{deployment}", server, of: place)
        }
    }

    @Test(arguments: [false, true])
    func `services and handlers are as the description says`(isRequestResponse: Bool) async throws {
        let services = contractServices + [Sleeper(), Tour(), TourObject(), TourFlow()]
        try await withLocalServer(services) {
            $0.delivery.alwaysRequestResponse = isRequestResponse
        } body: { server, _ in
            let all = try await expect(200, "GET", "/services", server)
            let names = try all.json["services"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(names.count == services.count)
            for name in names {
                let of = ["service": name]
                _ = try await expect(200, "GET", "/services/{service}", server, of: of)
                _ = try await expect(200, "GET", "/services/{service}/openapi", server, of: of)
                let list = try await expect(
                    200, "GET", "/services/{service}/handlers", server, of: of)
                for handler in try list.json["handlers"]?.array ?? [] {
                    let one = try await expect(
                        200, "GET", "/services/{service}/handlers/{handler}", server,
                        of: ["service": name, "handler": handler["name"]?.string ?? ""])
                    #expect(try one.json == handler)
                }
            }
            let change =
                #"{"public":true,"idempotency_retention":"1h","journal_retention":"PT1H","#
                + #""inactivity_timeout":"1m 30s","abort_timeout":null}"#
            _ = try await expect(
                200, "PATCH", "/services/{service}", server, of: ["service": "Counter"],
                body: change)
            for (status, body) in [
                (422, #"{"abort_timeout":"soon"}"#),
                (400, #"{"workflow_completion_retention":"1h"}"#),
            ] {
                _ = try await expect(
                    status, "PATCH", "/services/{service}", server, of: ["service": "Counter"],
                    body: body)
            }
            _ = try await expect(
                202, "POST", "/services/{service}/state", server, of: ["service": "Counter"],
                body: #"{"version":null,"object_key":"k","new_state":{"a":"text","b":[1,255]}}"#)
        }
    }

    @Test func `what is done to invocations is as the description says`() async throws {
        try await withLocalServer([Counter(), Sleeper()]) { server, _ in
            let call = try await server.post("Counter/n/add", "1")
            let id = try #require(call.headers["x-restate-id"])
            func one(_ status: Int, _ operation: String, query: String = "") async throws -> Answer
            {
                try await expect(
                    status, "PATCH", "/invocations/{invocation_id}/\(operation)", server,
                    of: ["invocation_id": id], query: query)
            }
            _ = try await one(200, "restart-as-new", query: "?from=0&deployment=latest")
            for operation in ["cancel", "kill", "pause", "resume"] {
                _ = try await one(409, operation)
            }
            _ = try await one(400, "resume", query: "?deployment=nonsense")
            for operation in InvocationOperation.allCases {
                let name = operation.rawValue
                let path = "/internal/invocations_batch_operations/\(name)"
                let unknown = "inv_12dw5UBHriBL6zDR4IfF2Ev9TdQHvK6rsZ"
                let done = try await expect(
                    200, "POST", path, server, body: #"{"invocation_ids":["\#(id)","\#(unknown)"]}"#
                )
                #expect(try done.json["failed"]?.array?.isEmpty == false)
                _ = try await expect(422, "POST", path, server, body: #"{"invocation_ids":["x"]}"#)
                if name == "restart-as-new" {
                    #expect(try done.json["succeeded"]?.array?.count == 1)
                }
                // What was purged is needed again.
                if name.hasPrefix("purge") { break }
            }
            let delayed = try await server.post("Counter/d/add/send?delay=1h", "1")
            let other = try #require(try delayed.json["invocationId"]?.string)
            _ = try await expect(
                200, "POST", "/internal/invocations_batch_operations/restart-as-new", server,
                body: #"{"invocation_ids":["\#(other)"],"deployment":"latest"}"#)
            for status in [200, 404] {
                _ = try await expect(
                    status, "PATCH", "/invocations/{invocation_id}/kill", server,
                    of: ["invocation_id": other])
            }
            _ = try await expect(
                202, "DELETE", "/invocations/{invocation_id}", server, of: ["invocation_id": id],
                query: "?mode=purge")
        }
    }

    @Test func `rows and mistakes of queries are as the description says`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            _ = try await server.post("Counter/n/add", "1")
            for sql in ["select * from sys_invocation", "select 1 where false", "select 1.5 as a"] {
                _ = try await expect(200, "POST", "/query", server, body: #"{"query":"\#(sql)"}"#)
            }
            for (status, sql) in [(400, "select"), (500, "select * from nowhere")] {
                _ = try await expect(
                    status, "POST", "/query", server, body: #"{"query":"\#(sql)"}"#)
            }
            let check = try await document(server)
            let arrow = try await ask(
                port: server.adminPort, "POST", "/query", headers: Self.json,
                body: Array(#"{"query":"select 1"}"#.utf8))
            #expect(
                check.complaints(
                    answer: arrow.body, status: arrow.status,
                    contentType: arrow.headers["content-type"], to: "POST", "/query") == [])
        }
    }

    @Test func `what needs Kafka is refused as the description says`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            _ = try await expect(
                400, "POST", "/subscriptions", server,
                body: #"{"source":"kafka://c/t","sink":"service://Counter/add"}"#)
            _ = try await expect(
                501, "POST", "/kafka-clusters", server,
                body: #"{"name":"c","properties":{"bootstrap.servers":"h:1"}}"#)
        }
    }
}
