import Foundation
import Restate
import RestateHTTP
import RestateLocal
import Support
import Testing

@testable import TestServices

/// Asks every recorded question in its order; each answer is to be the recorded one.
@Suite(.timeLimit(.minutes(10))) struct IngressAdminReplayTests {
    /// Where only the wording differs, by the question's number, and why.
    static let ownWords: [Int: String] = [
        7: "the message of a refused connection is the operating system's, not a library's",
        10: "the JSON parser's message is our own",
        27: "our SDK says in its own words where an input does not decode",
    ]

    /// What the server needs a moment for after the question before; asked again until it is so.
    static let awaited: Set = [49, 55, 64, 67]

    /// Members that the endpoint decides, and ours is not the recorded one: it describes what it
    /// takes and gives by a schema, and says that a handler gives nothing.
    static let endpointsOwn: Set = [
        "input_json_schema", "output_json_schema", "input_description", "output_description",
        "sdk_version",
    ]

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `every recorded question is answered as recorded`(version: HTTPVersion) async throws {
        let exchanges =
            try FixtureJSON(parsing: [UInt8](Fixtures.data("http/ingress-and-admin.json"))).array
            ?? []
        #expect(exchanges.count == 90)
        let services: [any RestateService] = [
            Counter(), MapObject(), BlockAndWaitWorkflow(), Proxy(), TestUtilsService(), Failing(),
            VirtualObjectCommandInterpreter(),
        ]
        try await withLocalServer(services, registered: false) { server, endpoint in
            var replay = Replay(server: server, endpoint: endpoint, version: version)
            for (number, exchange) in exchanges.enumerated() {
                var difference = try await replay.play(exchange, number)
                let end = ContinuousClock.now + .seconds(300)
                while difference != nil, Self.awaited.contains(number), .now < end {
                    try await Task.sleep(for: .milliseconds(10))
                    difference = try await replay.play(exchange, number)
                }
                if let difference {
                    Issue.record("\(number): \(exchange["ask"]?.description ?? "")\n\(difference)")
                }
            }
        }
    }

    /// Plays one question after the other; remembers the ids that later ones name.
    private struct Replay {
        let server: RunningLocalServer
        let version: HTTPVersion
        let endpointURL: String
        let normalize: Normalizer
        var invocation = ""
        var deployment = ""

        init(server: RunningLocalServer, endpoint: RunningEndpoint, version: HTTPVersion) {
            self.server = server
            self.version = version
            endpointURL = "http://127.0.0.1:\(endpoint.port)"
            normalize = Normalizer(names: [
                (endpointURL, "ENDPOINT"), (server.ingressURL, "INGRESS"),
            ])
        }

        /// Nil if the answer is as recorded.
        mutating func play(_ exchange: FixtureJSON, _ number: Int) async throws -> String? {
            guard let ask = exchange["ask"], let recorded = exchange["answer"],
                let method = ask["method"]?.string, let path = ask["path"]?.string
            else { throw FixtureError("an odd exchange: \(exchange)") }
            let headers = (ask["headers"]?.object ?? [:]).map { ($0.key, $0.value.string ?? "") }
            let answer = try await RestateLocalTests.ask(
                port: ask["to"]?.string == "admin" ? server.adminPort : server.ingressPort,
                method, filled(path), headers: headers,
                body: Array(filled(ask["body"]?.string ?? "").utf8), version: version)
            remember(answer)
            return try difference(answer, recorded, number)
        }

        private func filled(_ text: String) -> String {
            text.replacing("ENDPOINT", with: endpointURL)
                .replacing("<inv>", with: invocation).replacing("<dp>", with: deployment)
        }

        private mutating func remember(_ answer: Answer) {
            guard let json = try? answer.json else { return }
            if let id = json["invocationId"]?.string { invocation = id }
            if let id = json["id"]?.string, id.hasPrefix("dp_") { deployment = id }
        }

        private func difference(
            _ answer: Answer, _ recorded: FixtureJSON, _ number: Int
        ) throws -> String? {
            if recorded["status"]?.integer != Int128(answer.status) {
                return "status \(answer.status) for \(recorded)\n\(answer.text)"
            }
            for (name, value) in recorded["headers"]?.object ?? [:] {
                let ours = answer.headers[name].map { normalize($0) }
                if ours != value.string { return "\(name): \(ours ?? "none") for \(value)" }
            }
            let expected = recorded["body"] ?? .string("")
            let isJSON = answer.headers["content-type"] == "application/json"
            let ours = isJSON ? try answer.json : .string(answer.text)
            var (left, right) = (comparable(normalize(ours)), comparable(expected))
            if IngressAdminReplayTests.ownWords[number] != nil {
                (left, right) = (left.without(["message"]), right.without(["message"]))
                if case .string(let text) = left, !text.isEmpty { left = right }
            }
            return left == right ? nil : "\(left)\nfor\n\(right)"
        }

        private func comparable(_ json: FixtureJSON) -> FixtureJSON {
            json.without(IngressAdminReplayTests.endpointsOwn).withoutKindOfGet.unordered
        }
    }
}
