import CanonicalJSON
import Primitives
import Restate
import RestateLocal
import RestateProtocol
import Support
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// What may be registered, and how it is described.
@Suite(.timeLimit(.minutes(10))) struct RegistrationTests {
    @Test(arguments: [
        ("http://localhost:9080", "http://localhost:9080/"),
        ("HTTP://localhost:9080/a", "http://localhost:9080/a"),
        ("http://a/b?c=d#e", "http://a/b?c=d"), ("http://[::1]:1/", "http://[::1]:1/"),
    ])
    func `an address is shown as it is called`(text: String, shown: String) throws {
        #expect(try DeploymentEndpoint(address: text).uri == shown)
    }

    @Test(arguments: [
        "http://[::1]:70000/", "http://127.0.0.1:70000/", "http://u:p@host/", "ftp://host/",
        "http://host:99999999999999999999/",
    ])
    func `an address that nobody can be reached at is told before it is tried`(text: String) {
        #expect {
            try DeploymentEndpoint(address: text)
        } throws: { error in
            if case AddressError.unreachable = error { true } else { false }
        }
    }

    @Test(arguments: [
        ("", AddressError.noAddress), ("http://", .noAddress), ("http://a b/", .noAddress),
        ("http://[::1/", .noAddress), ("http://a:b/", .noAddress), ("/x", .relative),
        ("127.0.0.1:1", .relative), ("https://a/", .secure),
    ])
    func `what is no address is told as what it is`(text: String, mistake: AddressError) {
        #expect(throws: mistake) { try DeploymentEndpoint(address: text) }
    }

    @Test func `the query does not make another place`() throws {
        let one = try DeploymentEndpoint(address: "http://a/b?c=d")
        let plain = try DeploymentEndpoint(address: "http://a/b")
        let other = try DeploymentEndpoint(address: "http://a/c")
        #expect(one.isSamePlace(as: plain))
        #expect(!one.isSamePlace(as: other))
    }

    @Test(arguments: [
        "content-length", "Host", "transfer-encoding", "connection", "", "a b", "x\r\ny",
    ])
    func `a header that would break requests is refused`(name: String) async throws {
        try await withLocalServer([], registered: false) { server, _ in
            let text = String(decoding: try JSON.encode([name: "5"]), as: UTF8.self)
            let answer = try await ask(
                port: server.adminPort, "POST", "/deployments",
                headers: [("content-type", "application/json")],
                body: Array(#"{"uri":"http://127.0.0.1:1","additional_headers":\#(text)}"#.utf8))
            #expect([400, 422].contains(answer.status), "\(answer.text)")
        }
    }

    // MARK: Manifests

    private func complaint(_ services: String) -> RegistrationError? {
        do {
            var script = try Script()
            try script.register(services, at: "two")
            return nil
        } catch {
            return error as? RegistrationError
        }
    }

    @Test(arguments: [
        (#""input":{"contentType":"nonsense"}"#, "must contain one /"),
        (#""input":{"contentType":"*/json"}"#, "*/subType is not supported"),
        (#""output":{"contentType":"no\nsense"}"#, "failed to parse header value"),
        (#""input":{"contentType":"a/b","jsonSchema":{"type":"nothing"}}"#, "#/type is none of"),
        (
            #""input":{"contentType":"a/b","jsonSchema":{"$ref":"http://x.invalid/y"}}"#,
            "nothing is fetched"
        ),
        (
            ##""output":{"contentType":"a/b","jsonSchema":{"items":{"$ref":"#/$defs/A"}}}"##,
            "leads nowhere"
        ),
        (#""journalRetention":631107417600001"#, "the longest that a server can keep"),
        (#""retryPolicyMaxInterval":18446744073709551615"#, "the longest that a server can keep"),
    ])
    func `a handler that no tool could use is refused`(member: String, reason: String) {
        let found = complaint(
            #"{"name":"X","ty":"SERVICE","handlers":[{"name":"h",\#(member)}]}"#)
        #expect(found?.status == 400)
        #expect(found?.message.contains(reason) == true, "\(found?.message ?? "nothing")")
    }

    @Test(arguments: [
        #""input":{"contentType":"a/b","jsonSchema":true}"#,
        ##""input":{"contentType":"a/b","jsonSchema":{"$ref":"#/$defs/A/items/0","$defs":{"A":{"items":[{}]}}}}"##,
        #""input":{"contentType":"a/b","jsonSchema":{"$id":"http://x/","$ref":"http://x/y"}}"#,
        #""input":{"contentType":"a/b","jsonSchema":{"type":["string","null"],"const":{"type":"x"}}}"#,
        #""journalRetention":631107417600000"#,
    ])
    func `what is unusual but right is taken`(member: String) {
        #expect(
            complaint(#"{"name":"X","ty":"SERVICE","handlers":[{"name":"h",\#(member)}]}"#) == nil)
    }

    @Test func `only names that begin with restate are reserved, and openapi itself`() {
        func status(_ name: String) -> Int? {
            complaint(#"{"name":"\#(name)","ty":"SERVICE","handlers":[]}"#)?.status
        }
        #expect(status("restateThing") == 400)
        #expect(status("OpenAPI") == 400)
        #expect(status("OpenAPIx") == nil)
        #expect(status("a/b") == 500)
    }

    // MARK: Descriptions

    private func handler(_ members: String) throws -> HandlerRecord {
        var script = try Script()
        try script.register(
            #"{"name":"X","ty":"SERVICE","handlers":[{"name":"h"\#(members)}]}"#, at: "two")
        return try #require(script.runtime.registry.services["X"]?.handler("h"))
    }

    @Test(arguments: [
        ("", "*/*"), (#","input":{}"#, "none"), (#","input":{"required":true}"#, "<invalid rules>"),
        (#","input":{"contentType":"text/plain"}"#, "text/plain"),
        (#","input":{"contentType":"a/b","jsonSchema":{"type":"string"}}"#, "JSON string"),
        (
            #","input":{"contentType":"a/b","jsonSchema":{"title":"Person","type":"object"}}"#,
            "JSON 'Person'"
        ),
        (#","input":{"contentType":"a/b","jsonSchema":{"type":["string","null"]}}"#, "a/b"),
        (#","input":{"contentType":"a/b","jsonSchema":true}"#, "a/b"),
    ])
    func `an input is described by what its schema is called`(members: String, text: String) throws
    {
        #expect(try handler(members).inputDescription == text)
    }

    @Test(arguments: [
        ("", "application/json"), (#","output":{}"#, "none"),
        (#","output":{"contentType":"text/plain"}"#, "text/plain"),
        (#","output":{"contentType":"a/b","setContentTypeIfEmpty":true}"#, "optional a/b"),
        (
            #","output":{"contentType":"a/b","setContentTypeIfEmpty":true,"jsonSchema":{"type":"null"}}"#,
            "JSON null"
        ),
    ])
    func `an output is described alike`(members: String, text: String) throws {
        #expect(try handler(members).outputDescription == text)
    }

    @Test func `where every wait ends the request an inactivity timeout is only a note`() throws {
        let service =
            #"{"name":"X","ty":"SERVICE","inactivityTimeout":90000,"#
            + #""handlers":[{"name":"h","inactivityTimeout":5000}]}"#
        var script = try Script()
        try script.register(service, at: "two", mode: "REQUEST_RESPONSE")
        let record = try #require(script.runtime.registry.services["X"])
        var line = JSONLine()
        line.service(script.runtime.registry.served(record), LocalSettings())
        let json = try FixtureJSON(parsing: line.bytes)
        #expect(json["inactivity_timeout"]?.string == "0s")
        #expect(json["handlers"]?.array?.first?["inactivity_timeout"] == nil)
        #expect(
            json["info"]?.array?.first?["message"]?.string
                == "The configured inactivity_timeout 1m 30s will not be applied because the service "
                + "is exposed in Request/Response mode.")
        #expect(
            json["handlers"]?.array?.first?["info"]?.array?.first?["code"]?.string == "RT0021")
    }

    // MARK: OpenAPI

    private static let recursive = ##"""
        {"name":"X","ty":"VIRTUAL_OBJECT","metadata":{"m":"n"},"handlers":[
        {"name":"h","input":{"required":true,"contentType":"application/json","jsonSchema":
        {"$ref":"#/$defs/Foo","$defs":{"Foo":{"type":"object","properties":{"more":{"$ref":"#/$defs/Foo"},
        "self":{"$ref":"#"}}}}}},
        "output":{"contentType":"application/json","jsonSchema":{"$ref":"#/$defs/Foo","$defs":{"Foo":true}}}},
        {"name":"hidden","ingressPrivate":true},{"name":"plain","ty":"SHARED","output":{}}]},
        {"name":"W","ty":"WORKFLOW","handlers":[{"name":"run","ty":"WORKFLOW"},{"name":"ask"}]}
        """##

    /// Follows every reference of a document, and gives those that lead nowhere.
    private func dangling(_ value: FixtureJSON, in document: FixtureJSON) -> [String] {
        if let array = value.array { return array.flatMap { dangling($0, in: document) } }
        guard let object = value.object else { return [] }
        var found: [String] = []
        for (name, member) in object {
            if name == "$ref", let target = member.string {
                var here: FixtureJSON? = document
                for part in target.split(separator: "/").dropFirst() {
                    here = here?[String(part)]
                }
                if !target.hasPrefix("#/") || here == nil { found.append(target) }
            }
            found += dangling(member, in: document)
        }
        return found
    }

    @Test func `every reference of an OpenAPI document leads somewhere, of a recursive type too`()
        throws
    {
        var script = try Script()
        try script.register(Self.recursive, at: "two")
        for name in ["X", "W"] {
            let record = try #require(script.runtime.registry.services[name])
            var line = JSONLine()
            ServiceOpenAPI(record, ingressURL: "http://localhost:8080/").write(to: &line)
            let document = try FixtureJSON(parsing: line.bytes)
            #expect(dangling(document, in: document).isEmpty)
            #expect(document["servers"]?.array?.first?["url"]?.string == "http://localhost:8080/")
        }
    }

    @Test func `an OpenAPI document says how to call, send and ask for results`() throws {
        var script = try Script()
        try script.register(Self.recursive, at: "two")
        func paths(_ name: String) throws -> [String] {
            let record = try #require(script.runtime.registry.services[name])
            var line = JSONLine()
            ServiceOpenAPI(record, ingressURL: "").write(to: &line)
            return try FixtureJSON(parsing: line.bytes)["paths"]?.object?.map(\.0).sorted() ?? []
        }
        #expect(
            try paths("X") == [
                "/restate/call/X/{key}/h", "/restate/call/X/{key}/plain",
                "/restate/invocation/X/{key}/h/{idempotencyKey}/attach",
                "/restate/invocation/X/{key}/h/{idempotencyKey}/output",
                "/restate/invocation/X/{key}/plain/{idempotencyKey}/attach",
                "/restate/invocation/X/{key}/plain/{idempotencyKey}/output",
                "/restate/send/X/{key}/h", "/restate/send/X/{key}/plain",
            ])
        #expect(
            try paths("W") == [
                "/restate/call/W/{key}/ask", "/restate/call/W/{key}/run",
                "/restate/send/W/{key}/ask", "/restate/send/W/{key}/run",
                "/restate/workflow/W/{key}/attach", "/restate/workflow/W/{key}/output",
            ])
    }
}
