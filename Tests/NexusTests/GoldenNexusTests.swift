import Support
import Testing

/// The application, frame by frame as it was recorded with another SDK, its gateway included.
@Suite(.timeLimit(.minutes(10))) struct GoldenNexusTests {
    @Test func `the application answers as recorded`() async throws {
        let goldens = try Fixtures.journals(in: "nexus")
        let differences = try await withProduct(
            "nexus", ["serve", "--port", "0", "--mail-limit", "10m"]
        ) { port in
            await play(goldens, port: port)
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }
}
