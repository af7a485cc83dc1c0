import Support
import Testing

/// The application's manifest beside the one that was recorded with another SDK.
@Suite(.timeLimit(.minutes(10))) struct GoldenDiscoveryTests {
    @Test func `the manifest has the recorded services and handlers`() async throws {
        let recorded = try FixtureJSON(parsing: Array(Fixtures.data("discovery/nexus.json")))
        let accept = try #require(recorded["request"]?["headers"]?["accept"]?.string)
        let answer = try await withProduct("nexus", ["serve", "--port", "0"]) { port in
            try await discover(port: port, accept: accept)
        }
        let response = try #require(recorded["response"])
        #expect(answer.status == 200)
        #expect(answer.contentType == response["headers"]?["content-type"]?.string)
        let manifest = try FixtureJSON(parsing: answer.body)
        let body = try #require(response["body"])
        for field in ["protocolMode", "minProtocolVersion", "maxProtocolVersion"] {
            #expect(manifest[field] == body[field], "\(field)")
        }
        // The services that the recording does not have are ours alone, and nobody's from outside.
        let (ours, theirs) = (try outline(manifest), try outline(body))
        #expect(ours.filter { !$0.contains("Mailer") } == theirs)
        #expect(ours.filter { $0.contains("Mailer") }.count == 1)
    }

    /// A line for each handler, with what decides how the server treats it.
    private func outline(_ manifest: FixtureJSON) throws -> [String] {
        var lines: [String] = []
        for service in try #require(manifest["services"]?.array) {
            for handler in try #require(service["handlers"]?.array) {
                let parts = [
                    service["name"], service["ty"], handler["name"], handler["ty"],
                    handler["ingressPrivate"],
                ]
                lines.append(parts.map { $0?.description ?? "-" }.joined(separator: " "))
            }
        }
        return lines.sorted()
    }
}
