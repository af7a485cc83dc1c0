import Foundation
import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// What each `restate` command asks, asked again: the answers have the recorded shape, so that the
/// command prints the same.
@Suite(.timeLimit(.minutes(10))) struct CommandLineReplayTests {
    /// Random, or about the client and not about the runtime.
    static let unlike: Set = ["idempotency_key", "entry_json"]

    @Test func `every question of the command line is answered as recorded`() async throws {
        let commands =
            try FixtureJSON(parsing: [UInt8](Fixtures.data("http/cli.json"))).array ?? []
        #expect(commands.count == 13)
        try await withLocalServer(
            [Counter(), MapObject(), Proxy()], registered: false
        ) { server, endpoint in
            var replay = Replay(server: server, endpoint: endpoint)
            for (number, command) in commands.enumerated() {
                for exchange in command["asks"]?.array ?? [] {
                    if let difference = try await replay.play(exchange) {
                        Issue.record(
                            "\(command["command"]?.string ?? ""): \(exchange["ask"]?.description ?? "")\n\(difference)"
                        )
                    }
                }
                // What was done between the first command and the others.
                if number == 0 { try await replay.callAndSend() }
            }
        }
    }

    private struct Replay {
        let server: RunningLocalServer
        let endpointURL: String
        let normalize: Normalizer
        var deployment = ""
        /// The finished call's, and the delayed one's.
        var called = ""
        var delayed = ""

        init(server: RunningLocalServer, endpoint: RunningEndpoint) {
            self.server = server
            endpointURL = "http://127.0.0.1:\(endpoint.port)"
            normalize = Normalizer(names: [
                (endpointURL, "http://127.0.0.1:9085"),
                (server.ingressURL, "http://127.0.0.1:18080"),
            ])
        }

        mutating func callAndSend() async throws {
            let json = [("content-type", "application/json")]
            let call = try await ask(
                port: server.ingressPort, "POST", "/Counter/a/add", headers: json, body: [0x35])
            called = call.headers["x-restate-id"] ?? ""
            let send = try await ask(
                port: server.ingressPort, "POST", "/Counter/b/add/send?delay=1h", headers: json,
                body: [0x35])
            delayed = try send.json["invocationId"]?.string ?? ""
        }

        mutating func play(_ exchange: FixtureJSON) async throws -> String? {
            guard let asked = exchange["ask"], let recorded = exchange["answer"],
                let method = asked["method"]?.string, let path = asked["path"]?.string
            else { throw FixtureError("an odd exchange: \(exchange)") }
            let answer = try await ask(
                port: server.adminPort, method, filled(path),
                headers: [
                    ("accept", asked["accept"]?.string ?? ""),
                    ("content-type", "application/json"),
                ],
                body: Array(filled(asked["body"]?.string ?? "").utf8))
            if let id = try? answer.json["id"]?.string { deployment = id }
            guard recorded["status"]?.integer == Int128(answer.status) else {
                return "status \(answer.status): \(answer.text)"
            }
            let type = answer.headers["content-type"] ?? ""
            guard type == recorded["content-type"]?.string else { return "a \(type)" }
            if let base64 = recorded["arrow_base64"]?.string {
                let bytes = Array(Data(base64Encoded: base64) ?? Data())
                return arrow(answer.body, bytes)
            }
            guard type == "application/json" else { return nil }
            return difference(normalize(try answer.json), recorded["body"] ?? .null)
        }

        private func filled(_ text: String) -> String {
            // Questions about two name the newer first; about one, the delayed.
            text.replacing("'<inv>','<inv>'", with: "'\(delayed)','\(called)'")
                .replacing("<inv>", with: delayed).replacing("<dp>", with: deployment)
                .replacing("http://127.0.0.1:9085", with: endpointURL)
        }

        /// The recorded bytes but for the id, which has the same length.
        private func arrow(_ ours: [UInt8], _ recorded: [UInt8]) -> String? {
            func withoutID(_ bytes: [UInt8]) -> String {
                String(decoding: bytes, as: Unicode.ASCII.self)
                    .replacing(#/inv_1[0-9A-Za-z]{33}/#, with: "<inv>")
            }
            return withoutID(ours) == withoutID(recorded) ? nil : "other Arrow bytes: \(ours)"
        }

        private func difference(_ ours: FixtureJSON, _ recorded: FixtureJSON) -> String? {
            let (left, right) = (comparable(ours), comparable(recorded))
            return left == right ? nil : "\(left)\nfor\n\(right)"
        }

        private func comparable(_ json: FixtureJSON) -> FixtureJSON {
            json.replacing(CommandLineReplayTests.unlike)
                .without(IngressAdminReplayTests.endpointsOwn).withoutKindOfGet.unordered
        }
    }
}
