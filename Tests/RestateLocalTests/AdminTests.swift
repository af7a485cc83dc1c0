import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// What the recorded questions do not ask of the admin API.
@Suite(.timeLimit(.minutes(10))) struct AdminTests {
    private let json = [("content-type", "application/json")]

    @Test func `every version of the API answers alike, others are refused`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let plain = try await ask(port: server.adminPort, "GET", "/services/Counter").body
            for version in ["v2", "v3", "v4"] {
                let path = "/\(version)/services/Counter"
                #expect(try await ask(port: server.adminPort, "GET", path).body == plain)
            }
            #expect(try await ask(port: server.adminPort, "GET", "/v1/services").status == 400)
            #expect(try await ask(port: server.adminPort, "GET", "/v4/health").status == 200)
            #expect(try await ask(port: server.adminPort, "DELETE", "/health").status == 405)
            #expect(try await ask(port: server.adminPort, "GET", "/nothing").status == 404)
        }
    }

    @Test func `endpoints can be taken as others than they say, whoever registers them`()
        async throws
    {
        let services = [Counter()]
        try await withLocalServer(services, registered: false) {
            $0.delivery.alwaysHTTP11 = true
            $0.delivery.alwaysRequestResponse = true
        } body: { server, endpoint in
            let uri = "http://127.0.0.1:\(endpoint.port)"
            let registered = try await ask(
                port: server.adminPort, "POST", "/deployments", headers: json,
                body: Array(#"{"uri":"\#(uri)"}"#.utf8))
            #expect(registered.status == 201)
            let all = try await ask(port: server.adminPort, "GET", "/deployments").text
            #expect(all.contains(#""protocol_type":"RequestResponse""#))
            #expect(all.contains(#""http_version":"HTTP/1.1""#))
            let added = try await ask(
                port: server.ingressPort, "POST", "/Counter/a/add", headers: json,
                body: Array("2".utf8))
            #expect(added.status == 200)
        }
    }

    @Test func `a deployment can be put elsewhere`() async throws {
        try await withLocalServer([Counter()]) { server, endpoint in
            let all = try await ask(port: server.adminPort, "GET", "/v4/deployments")
            let id = try #require(all.text.firstMatch(of: /dp_1[0-9a-zA-Z]{22}/)).output
            let update = #"{"additional_headers":{"x-a":"b"},"overwrite":true}"#
            let path = "/v4/deployments/\(id)"
            let moved = try await ask(
                port: server.adminPort, "PATCH", path, headers: json, body: Array(update.utf8))
            #expect(moved.status == 200)
            #expect(moved.text.contains(#""additional_headers":{"x-a":"b"}"#))
            #expect(moved.text.contains(#""uri":"http://127.0.0.1:\#(endpoint.port)/""#))
            #expect(moved.text.contains(#""name":"Counter""#))
            for (body, status) in [
                (#"{"uri":"https://example.org"}"#, 501), (#"{"uri":"no place"}"#, 422),
                (#"{"uri":"x"}"#, 400), (#"{"arn":"arn:aws:lambda:e:1:function:f:1"}"#, 500),
                ("[]", 422), ("{", 400),
            ] {
                let answer = try await ask(
                    port: server.adminPort, "PATCH", path, headers: json, body: Array(body.utf8))
                #expect(answer.status == status, "\(body): \(answer.text)")
            }
            let nobody = try await ask(
                port: server.adminPort, "PATCH",
                "/deployments/dp_1" + String(repeating: "0", count: 22),
                headers: json, body: Array("{}".utf8))
            #expect(nobody.status == 404)
            let called = try await ask(port: server.ingressPort, "POST", "/Counter/a/get")
            #expect(called.status == 200)
        }
    }

    @Test func `a delayed invocation can be killed, many at once too`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            var ids: [String] = []
            for key in ["a", "b"] {
                let sent = try await ask(
                    port: server.ingressPort, "POST", "/Counter/\(key)/add/send?delay=1h",
                    headers: json, body: [0x31])
                ids.append(try #require(try sent.json["invocationId"]?.string))
            }
            let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
            let answer = try await ask(
                port: server.adminPort, "POST", "/internal/invocations_batch_operations/kill",
                headers: json, body: Array("{\"invocation_ids\":[\(list)]}".utf8))
            #expect(answer.status == 200)
            #expect(try answer.json["succeeded"]?.array?.count == 2)
            #expect(try answer.json["failed"]?.array?.count == 0)
        }
    }

    @Test func `a paused invocation goes on when it is resumed`() async throws {
        try await withLocalServer([Sleeper()]) { server, _ in
            let sent = try await ask(port: server.ingressPort, "POST", "/Sleeper/p/nap/send")
            let id = try #require(try sent.json["invocationId"]?.string)
            while try await ask(
                port: server.ingressPort, "POST", "/Sleeper/p/hasBegun"
            ).text != "true" {}
            let paused = try await ask(port: server.adminPort, "PATCH", "/invocations/\(id)/pause")
            #expect(paused.status == 202)
            while try await status(of: id, server) != "paused" {}
            #expect(
                try await ask(port: server.adminPort, "PATCH", "/invocations/\(id)/pause").status
                    == 200)
            #expect(
                try await ask(port: server.adminPort, "PATCH", "/invocations/\(id)/resume").status
                    == 200)
            #expect(
                try await ask(port: server.ingressPort, "POST", "/Sleeper/p/wake").status == 200)
            let result = try await ask(port: server.ingressPort, "GET", "/restate/attach/\(id)")
            #expect(result.status == 200)
            let purged = try await ask(port: server.adminPort, "PATCH", "/invocations/\(id)/purge")
            #expect(purged.status == 200)
            #expect(try await status(of: id, server) == nil)
        }
    }

    private func status(of id: String, _ server: RunningLocalServer) async throws -> String? {
        let answer = try await ask(
            port: server.adminPort, "POST", "/query",
            headers: json + [("accept", "application/json")],
            body: Array("{\"query\":\"select status from sys_invocation where id = '\(id)'\"}".utf8)
        )
        return try answer.json["rows"]?.array?.first?["status"]?.string
    }

    @Test func `an invocation that has ended starts again as a new one`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let call = try await ask(
                port: server.ingressPort, "POST", "/Counter/n/add", headers: json, body: [0x32])
            let id = try #require(call.headers["x-restate-id"])
            let again = try await ask(
                port: server.adminPort, "PATCH", "/invocations/\(id)/restart-as-new")
            #expect(again.status == 200)
            let new = try #require(try again.json["new_invocation_id"]?.string)
            #expect(new != id)
            let result = try await ask(port: server.ingressPort, "GET", "/restate/attach/\(new)")
            #expect(result.text == #"{"newValue":4,"oldValue":2}"#)
        }
    }

    @Test func `settings of a service are changed and shown`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let patched = try await ask(
                port: server.adminPort, "PATCH", "/services/Counter", headers: json,
                body: Array(#"{"inactivity_timeout": "90s", "journal_retention": "PT2H"}"#.utf8))
            #expect(patched.status == 200)
            #expect(try patched.json["inactivity_timeout"]?.string == "1m 30s")
            #expect(try patched.json["journal_retention"]?.string == "2h")
            #expect(try patched.json["revision"]?.integer == 1)
            let wrong = try await ask(
                port: server.adminPort, "PATCH", "/services/Counter", headers: json,
                body: Array(#"{"inactivity_timeout": "soon"}"#.utf8))
            #expect(wrong.status == 422)
            let description = try await ask(
                port: server.adminPort, "GET", "/services/Counter/openapi")
            #expect(try description.json["paths"]?["/restate/call/Counter/{key}/add"] != nil)
        }
    }

    @Test func `an endpoint of this process is registered without a socket`() async throws {
        try await withLocalServer([Counter()], registered: false) { server, _ in
            try await server.register(Endpoint(Counter()).quiet, name: "here")
            let call = try await ask(
                port: server.ingressPort, "POST", "/Counter/p/add",
                headers: json, body: [0x33])
            #expect(call.text == #"{"newValue":3,"oldValue":0}"#)
            await #expect(throws: LocalServerError.self) { try await server.register("no url") }
        }
    }

    @Test func `a port that is taken is told as a sentence`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            var settings = LocalServerSettings()
            settings.host = "127.0.0.1"
            settings.ingressPort = 0
            settings.adminPort = server.adminPort
            await #expect {
                _ = try await LocalServer(settings).start()
            } throws: { error in
                "\(error)".contains("127.0.0.1:\(server.adminPort): Address already in use")
            }
        }
    }

    @Test func `nexus alone opens its ingress and sells a seat`() async throws {
        let answer = try await withProduct(
            "nexus",
            [
                "--port", "0", "--ingress-port", "0", "--admin-port", "0", "--host", "127.0.0.1",
                "--charge-time", "0ms", "--mail-time", "0ms",
            ]
        ) { port in
            try await ask(
                port: port, "POST", "/Checkout/process",
                headers: [("content-type", "application/json")],
                body: Array(#"{"ticketId": "seat-1", "userId": "alice"}"#.utf8))
        }
        #expect(answer.status == 200)
        #expect(answer.text == #""Booking Confirmed""#)
    }
}
