import Support
import Testing

/// Each operation of the SDK, frame by frame as a real server and an official SDK spoke.
@Suite(.timeLimit(.minutes(5))) struct GoldenTourTests {
    @Test(arguments: ["tour"])
    func `the test services answer as recorded`(story: String) async throws {
        let goldens = try Fixtures.journals(in: story)
        let differences = try await withProduct("test-services", ["--port", "0"]) { port in
            await play(goldens, port: port)
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }
}
