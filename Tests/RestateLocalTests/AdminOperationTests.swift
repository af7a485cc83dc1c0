import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// What is done to invocations, one by one and many at once, as the CLI and the web UI ask for it.
@Suite(.timeLimit(.minutes(10))) struct AdminOperationTests {
    private let json = [("content-type", "application/json")]
    private static let unknown = "inv_12dw5UBHriBL6zDR4IfF2Ev9TdQHvK6rsZ"

    private func completed(_ server: RunningLocalServer) async throws -> String {
        let call = try await ask(
            port: server.ingressPort, "POST", "/Counter/n/add", headers: json, body: [0x32])
        return try #require(call.headers["x-restate-id"])
    }

    private func batch(
        _ operation: String, _ body: String, _ server: RunningLocalServer
    ) async throws -> Answer {
        try await ask(
            port: server.adminPort, "POST", "/internal/invocations_batch_operations/\(operation)",
            headers: json, body: Array(body.utf8))
    }

    @Test(arguments: ["latest", "Latest", "keep", "Keep"])
    func `a restart and a resume take the deployment as the CLI writes it and as the UI does`(
        choice: String
    ) async throws {
        try await withLocalServer([Counter(), Sleeper()]) { server, _ in
            let id = try await completed(server)
            let again = try await ask(
                port: server.adminPort, "PATCH",
                "/invocations/\(id)/restart-as-new?deployment=\(choice)")
            #expect(again.status == 200)
            let sent = try await ask(port: server.ingressPort, "POST", "/Sleeper/p/nap/send")
            let napping = try #require(try sent.json["invocationId"]?.string)
            while try await ask(
                port: server.ingressPort, "POST", "/Sleeper/p/hasBegun"
            ).text != "true" {}
            _ = try await ask(port: server.adminPort, "PATCH", "/invocations/\(napping)/pause")
            let query = "select id from sys_invocation where status = 'paused'"
            while try await server.query(query) == #"{"rows":[]}"# {}
            let resumed = try await ask(
                port: server.adminPort, "PATCH",
                "/invocations/\(napping)/resume?deployment=\(choice)")
            #expect(resumed.status == 200, "\(resumed.text)")
        }
    }

    @Test(arguments: [
        ("LATEST", "bad format"), ("", "bad length"), ("dp_x", "unrecognized codec version"),
    ])
    func `a deployment that is none is told`(choice: String, reason: String) async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let id = try await completed(server)
            for operation in ["resume", "restart-as-new"] {
                let one = try await ask(
                    port: server.adminPort, "PATCH",
                    "/invocations/\(id)/\(operation)?deployment=\(choice)")
                #expect(one.status == 400)
                #expect(
                    one.text.contains(
                        "The query parameter 'deployment' is invalid. Reason: \(reason)"))
                let many = try await batch(
                    operation, #"{"invocation_ids":["\#(id)"],"deployment":"\#(choice)"}"#, server)
                #expect(many.status == 400)
                #expect(
                    many.text.contains(
                        "The request field 'deployment' is invalid. Reason: \(reason)")
                )
            }
        }
    }

    @Test func `many are restarted at once, and those that are not there are told`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let id = try await completed(server)
            let answer = try await batch(
                "restart-as-new", #"{"invocation_ids":["\#(id)","\#(Self.unknown)"]}"#, server)
            #expect(answer.status == 200)
            let done = try #require(try answer.json["succeeded"]?.array?.first)
            #expect(done["old_invocation_id"]?.string == id)
            let new = try #require(done["new_invocation_id"]?.string)
            #expect(new != id)
            #expect(
                try answer.json["failed"]?.array?.first?["error"]?.string
                    == "Invocation '\(Self.unknown)' not found")
        }
    }

    @Test func `a deployment that does not fit is a failure of each, as a sentence`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let id = try await completed(server)
            let other = "dp_17777777777777777777777"
            let answer = try await batch(
                "restart-as-new", #"{"invocation_ids":["\#(id)"],"deployment":"\#(other)"}"#, server
            )
            #expect(
                try answer.json["failed"]?.array?.first?["error"]?.string
                    == "Deployment not found when restarting invocation '\(id)'")
            let sent = try await ask(
                port: server.ingressPort, "POST", "/Counter/n/add/send?delay=1h", headers: json,
                body: [0x31])
            let later = try #require(try sent.json["invocationId"]?.string)
            for (operation, sentence) in [
                ("resume", "is either inboxed or scheduled, cannot be resumed"),
                ("restart-as-new", "cannot be restarted because it's not running yet"),
                ("pause", "is not running, cannot be paused"), ("purge", "is not yet completed"),
            ] {
                let answer = try await batch(
                    operation, #"{"invocation_ids":["\#(later)"]}"#, server)
                #expect(
                    try answer.json["failed"]?.array?.first?["error"]?.string
                        == "Invocation '\(later)' \(sentence)")
            }
        }
    }

    @Test(arguments: ["cancel", "kill", "purge", "purge-journal", "pause", "resume"])
    func `one id that is none refuses the whole batch, and nothing is done`(
        operation: String
    ) async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let id = try await completed(server)
            let answer = try await batch(
                operation, #"{"invocation_ids":["\#(id)","inv_bad"]}"#, server)
            #expect(answer.status == 422)
            #expect(answer.text.contains("invocation_ids[1]: unrecognized codec version"))
            let rows = try await server.query("select id from sys_invocation where id = '\(id)'")
            #expect(rows.contains(id))
        }
    }

    @Test(arguments: [1001, 40_000])
    func `a batch of more than a thousand is refused before its ids are read`(
        count: Int
    ) async throws {
        try await withLocalServer([], registered: false) { server, _ in
            // The last one is none, which nobody finds out.
            let ids = [String](repeating: "\"\(Self.unknown)\"", count: count - 1) + ["7"]
            let answer = try await batch(
                "cancel", "{\"invocation_ids\":[\(ids.joined(separator: ","))]}", server)
            #expect(answer.status == 400)
            #expect(
                answer.text.contains("Batch size \(count) exceeds maximum allowed size of 1000"))
        }
    }

    @Test func `a batch of a thousand is done`() async throws {
        try await withLocalServer([], registered: false) { server, _ in
            let ids = [String](repeating: "\"\(Self.unknown)\"", count: 1000)
            let answer = try await batch(
                "cancel", "{\"invocation_ids\":[\(ids.joined(separator: ","))]}", server)
            #expect(answer.status == 200)
            #expect(try answer.json["failed"]?.array?.count == 1000)
        }
    }

    @Test(arguments: [
        ("from=abc", "from: invalid digit found in string"),
        ("from=", "from: cannot parse integer from empty string"),
        ("from=4294967296", "from: number too large to fit in target type"),
        ("from=1&from=0", "duplicate field `from`"),
    ])
    func `an index that is none is told`(query: String, reason: String) async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let id = try await completed(server)
            let answer = try await ask(
                port: server.adminPort, "PATCH", "/invocations/\(id)/restart-as-new?\(query)")
            #expect(answer.status == 400)
            #expect(answer.text == "Failed to deserialize query string: \(reason)")
        }
    }
}
