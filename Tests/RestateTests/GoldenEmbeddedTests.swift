import Restate
import Support
import Testing

@testable import TestServices

/// The recorded journals once more, for an endpoint without a port.
@Suite(.timeLimit(.minutes(10))) struct GoldenEmbeddedTests {
    private let services: [any RestateService] =
        contractServices + [Tour(), TourObject(), TourFlow()] as [any RestateService]

    @Test(arguments: ["tour", "contract"])
    func `a streamed request is answered as recorded`(story: String) async throws {
        let goldens = try Fixtures.journals(in: story)
        let endpoint = try EmbeddedEndpoint(Endpoint(services).logger(SilentLogger()))
        let differences = await play(goldens) { golden in
            await play(golden) { EmbeddedGoldenConnection(endpoint) }
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }

    @Test(arguments: ["tour", "contract"])
    func `a whole request is answered as recorded`(story: String) async throws {
        let goldens = try Fixtures.journals(in: story).filter(\.isWhole)
        #expect(goldens.count > 10)
        let endpoint = try EmbeddedEndpoint(Endpoint(services).logger(SilentLogger()))
        let differences = await play(goldens) { golden in
            await play(golden) {
                WholeGoldenConnection { path, headers, body in
                    let response = try await endpoint.respond(
                        to: EmbeddedRequest(method: "POST", path: path, headers: headers),
                        body: body)
                    return (response.status, response.header("content-type"), response.body)
                }
            }
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }
}
