import RestateHTTP
import Support
import Testing

/// Each operation of the SDK, and the services of the conformance suite, frame by frame as a real
/// server and an official SDK spoke.
@Suite(.timeLimit(.minutes(10))) struct GoldenTourTests {
    @Test(arguments: ["tour", "contract"])
    func `the test services answer as recorded`(story: String) async throws {
        let goldens = try Fixtures.journals(in: story)
        let differences = try await withProduct("test-services", ["--port", "0"]) { port in
            await play(goldens, port: port)
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }

    /// As those of handlers that compute do.
    @Test(arguments: ["tour", "contract", "nexus"])
    func `the answers are the same if no attempt runs on its connection's loop`(
        story: String
    ) async throws {
        let goldens = try Fixtures.journals(in: story)
        // These bookings are cancelled while their cards are charged: the refund says that they were
        // not.
        let cancelled =
            "inv_14WCAtgqsqLz6CIHpeZ9ZxZCOv0kAMCNRd,inv_183daZizwNdR515Tp3aPxtYZxGhNUnqefD"
        let arguments = ["--port", "0", "--elsewhere", "--hold-charges", cancelled]
        let differences = try await withProduct("test-services", arguments) { port in
            await play(goldens, port: port)
                + play(goldens, port: port, version: .http1_1)
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }

    /// Both directions stay open at once there too, and end where they ended in the recording.
    @Test(arguments: ["tour", "contract"])
    func `the answers are the same over HTTP/1.1`(story: String) async throws {
        let goldens = try Fixtures.journals(in: story)
        let differences = try await withProduct("test-services", ["--port", "0"]) { port in
            await play(goldens, port: port, version: .http1_1)
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }
}
