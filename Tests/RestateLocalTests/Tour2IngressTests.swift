import Foundation
import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// What a server's ingress answered about workflows and the codes of errors.
@Suite(.timeLimit(.minutes(10))) struct Tour2IngressTests {
    /// Between these questions and the next ones somebody else completed the workflow's promise: what
    /// was asked then is in the journals.
    private static let completions = [
        "resolved twice": ("twice", #"["one","two"]"#),
        "rejected twice": ("rejectTwice", #"["no","never"]"#),
        "resolved, then rejected": ("both", #"{"value":"yes","reason":"no","rejectFirst":false}"#),
        "rejected, then resolved": ("both", #"{"value":"yes","reason":"no","rejectFirst":true}"#),
    ]

    @Test func `workflows and errors are answered as recorded`() async throws {
        let exchanges = try exchanges("workflows and errors (v6)")
        #expect(exchanges.count == 32)
        try await withLocalServer(tour2Services) { server, _ in
            var completion: (handler: String, body: String)?
            var askedBefore = ContinuousClock.now
            for exchange in exchanges {
                let asked = ContinuousClock.now
                let note = exchange["ask"]?["note"]?.string ?? ""
                if let next = Self.completions[note] { completion = next }
                var difference = try await difference(exchange, server)
                // The server forgets it some time after that.
                while difference != nil, note == "after its retention" {
                    try await Task.sleep(for: .milliseconds(20))
                    difference = try await self.difference(exchange, server)
                }
                // On a slow machine the retention can be over by then, and the question is another one. It began
                // at some time after the question before was asked.
                let isLate =
                    note == "within its retention of 0.7 s"
                    && ContinuousClock.now - askedBefore >= .milliseconds(700)
                askedBefore = asked
                if let difference, !isLate { Issue.record("\(difference)") }
                if note == "before it has ended", let (handler, body) = completion {
                    let path = exchange["ask"]?["path"]?.string ?? ""
                    let key = path.split(separator: "/").dropLast().last ?? ""
                    _ = try await server.post("Tour2Flow/\(key)/\(handler)", body)
                }
            }
        }
    }

    private func exchanges(_ story: String) throws -> [FixtureJSON] {
        let json = try FixtureJSON(parsing: [UInt8](Fixtures.data("tour2/http.json")))
        return json[story]?.array ?? []
    }

    /// Nil if the answer is as recorded.
    private func difference(
        _ exchange: FixtureJSON, _ server: RunningLocalServer
    ) async throws -> String? {
        guard let ask = exchange["ask"], let recorded = exchange["answer"],
            let method = ask["method"]?.string, let path = ask["path"]?.string
        else { throw FixtureError("an odd exchange: \(exchange)") }
        let headers = (ask["headers"]?.object ?? [:]).map { ($0.key, $0.value.string ?? "") }
        let answer = try await RestateLocalTests.ask(
            port: server.ingressPort, method, path, headers: headers,
            body: Array((ask["body"]?.string ?? "").utf8))
        let normalize = Normalizer()
        var lines: [String] = []
        if recorded["status"]?.integer != Int128(answer.status) {
            lines.append("status \(answer.status)")
        }
        for (name, value) in recorded["headers"]?.object ?? [:] {
            let ours = answer.headers[name].map { normalize($0) }
            if ours != value.string { lines.append("\(name): \(ours ?? "none")") }
        }
        let body = normalize(try answer.json)
        if body != recorded["body"] { lines.append("\(body)") }
        return lines.isEmpty ? nil : "\(path): \(lines) for \(recorded)"
    }
}
