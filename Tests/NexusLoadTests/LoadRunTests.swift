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
        (["--mix", "80,20"], "--mix must be three shares of 100 like 80,10,10, not '80,20'."),
        (
            ["--mix", "50,50,50"],
            "--mix must be three shares of 100 like 80,10,10, not '50,50,50'."
        ),
        (["--duration", "0s"], "--duration must be longer than 0s."),
        (["--report", "/proc/x"], "The report's folder '/proc/x' cannot be made."),
        (["--report", "/dev/null"], "The report's folder '/dev/null' cannot be "),
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

    @Test(arguments: [
        (["NEXUS_MIX": "1"], "NEXUS_MIX must be three shares of 100"),
        (["NEXUS_KILL": "mailer:5s"], "NEXUS_KILL must be like endpoint,gateway,runtime:5s"),
        (["NEXUS_KILL": "endpoint:1ms"], "NEXUS_KILL needs at least 100ms"),
        (["NEXUS_RAMP": "20s"], "NEXUS_RAMP may be at most half of --duration"),
        (["DURATION": "0s"], "DURATION must be longer than 0s."),
        (
            ["NEXUS_KILL": "endpoint:5s", "RESTATE_CLOUD_URL": "https://cloud.test"],
            "NEXUS_KILL kills only what it has started itself: leave out RESTATE_CLOUD_URL."
        ),
    ])
    func `a variable that makes no sense is refused by its name`(
        variables: [String: String], sentence: String
    ) async throws {
        let ended = try await EndedProcess(product: "nexus", ["load"], environment: variables)
        #expect(ended.status == 2)
        #expect(ended.complaint.hasPrefix("nexus: \(sentence)"), "\(ended.complaint)")
    }

    @Test func `the processes of a load test that is killed end with it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let built = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        let nexus = built.appending(path: "nexus").path(percentEncoded: false)
        // The shell says its number and becomes the load test, whose books are in the folder.
        let load = try await DoomedProduct(
            program: "/bin/sh",
            [
                "-c",
                "echo port $$; TMPDIR='\(folder.path(percentEncoded: false))' exec '\(nexus)' load "
                    + "--users 1 --duration 60m --log trouble",
            ], saying: "port")
        var children: [Int] = []
        while children.count < 3 {
            try await Task.sleep(for: .milliseconds(20))
            children = try processes { $0.parent == load.port }.map(\.number)
        }
        await load.kill()
        while try processes({ children.contains($0.number) && !$0.hasEnded }).count > 0 {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private struct Process {
        var number: Int
        var parent: Int
        /// Only its parent has not heard of it yet.
        var hasEnded: Bool
    }

    private func processes(_ isMeant: (Process) -> Bool) throws -> [Process] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            guard let number = Int(name),
                let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { return nil }
            // The name of the program, in parentheses, may be anything.
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 1, let parent = Int(fields[1]) else { return nil }
            return Process(
                number: number, parent: parent, hasEnded: fields[0] == "Z" || fields[0] == "X")
        }.filter(isMeant)
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
