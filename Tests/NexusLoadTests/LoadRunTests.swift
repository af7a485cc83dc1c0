import Foundation
import NexusLoad
import Support
import Testing

/// The program, with all its processes. Nothing is said about how fast it is.
@Suite(.timeLimit(.minutes(10))) struct LoadRunTests {
    @Test func `the books are right after each process was killed`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let ended = try await EndedProcess(
            product: "nexus",
            [
                "load", "--users", "4", "--duration", "4s", "--kill", "endpoint,gateway,runtime:1s",
                "--charge-time", "20ms", "--mail-time", "1ms", "--seed", "1", "--report",
                folder.path(percentEncoded: false),
            ])
        #expect(ended.status == 0, "\(ended.output)\(ended.complaint)")
        #expect(ended.output.hasSuffix("Passed.\n\n"))
        let json = try Data(contentsOf: folder.appending(path: "report.json"))
        let report = try JSONDecoder().decode(LoadReport.self, from: json)
        #expect(report.kills.map(\.part) == [.endpoint, .gateway, .runtime])
        #expect(report.errors.isEmpty)
        #expect(report.invariants.map(\.verdict) == [.holds, .holds, .holds, .holds])
        #expect(report.latency?.count ?? 0 >= 4)
    }

    @Test(arguments: [
        (["--mix", "80,20"], "--mix must be three shares like 80,10,10, not '80,20'."),
        (["--kill", "mailer:5s"], "--kill must be like endpoint,gateway,runtime:5s, not"),
        (["--kill", "endpoint"], "--kill must be like endpoint,gateway,runtime:5s, not"),
        (["--kill", "endpoint:5"], "--kill must be a time like 500ms, 2s or 15m, not '5'."),
        (["--kill", "endpoint:1ms"], "--kill needs at least 100ms between two."),
        (["--kill", "endpoint:5s", "--url", "http://localhost:8080"], "--kill kills only what"),
        (["--seats", "51"], "--seats must be a number from 1 to 50, not '51'."),
        (["--ramp", "20s"], "--ramp may be at most half of --duration"),
        (["--gateway-url", "http://localhost:9080"], "--gateway-url needs --url."),
    ])
    func `a command line that makes no sense is refused with a sentence`(
        words: [String], sentence: String
    ) async throws {
        let ended = try await EndedProcess(product: "nexus", ["load"] + words)
        #expect(ended.status == 2)
        #expect(ended.complaint.hasPrefix("nexus: \(sentence)"), "\(ended.complaint)")
    }

    @Test func `the variables of the original mean the same`() async throws {
        let ended = try await EndedProcess(
            product: "nexus", ["config", "load"],
            environment: ["VUS": "7", "DURATION": "9s", "RESTATE_CLOUD_URL": "https://cloud.test"])
        #expect(ended.status == 0, "\(ended.complaint)")
        let rows = ended.output.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(rows.contains(["--users", "7", "VUS"]))
        #expect(rows.contains(["--duration", "9s", "DURATION"]))
        #expect(rows.contains(["--url", "https://cloud.test", "RESTATE_CLOUD_URL"]))
    }
}
