import Foundation
import Restate
import RestateTesting
import Support
import Testing

@Suite(.serialized) struct ExplorerTests {
    /// Some cuts of each mode: all of them take minutes in a debug build. `EXPLORED_CUTS` in the environment is
    /// another number, or `all`; then what was found is printed.
    private static let wish = ProcessInfo.processInfo.environment["EXPLORED_CUTS"]

    @Test(arguments: NexusStories.all.indices)
    func `nobody at the box office notices a crash, wherever it is`(index: Int) async throws {
        var explorer = CrashExplorer()
        explorer.cutsPerMode = Self.wish == "all" ? nil : Self.wish.flatMap { Int($0) } ?? 2
        let found = try await explorer.explore(NexusStories.all[index])
        if Self.wish != nil { print("\(found)") }
        #expect(found.failure == nil, "\(found)")
        #expect(found.performances == 18)
        #expect(found.cuts >= 2 * 2 * 18)
    }

    @Test func `what a performance needed is free when it is over`() async throws {
        let living = Living()
        let story = Story("a step and a wait") {
            Scene(Endpoint(Counted(life: Life(living)))) { restate in
                try await restate.service(Counted.self).work()
            } whenCancelled: { _ in
            }
        }
        let found = try await CrashExplorer().explore(story)
        #expect(found.failure == nil, "\(found)")
        #expect(found.cuts > 100)
        // The last performance's attempts may still be ending.
        #expect(living.count < 5)
    }

    @Test func `a clock outside of a run is found, because a replay differs from its journal`()
        async throws
    {
        try await expect(
            Mistakes.story("a clock outside of a run") { try await $0.clock() },
            fails: "error 570")
    }

    @Test func `an order by chance is found, because a replay differs from its journal`()
        async throws
    {
        try await expect(
            Mistakes.story("a set's order") { try await $0.order() }, fails: "error 570",
            isCertain: false)
    }

    @Test func `a counter of the process is found, because the result is another one`()
        async throws
    {
        try await expect(
            Mistakes.story("a counter of the process") { try await $0.counter() },
            fails: "order 2")
    }

    @Test func `a catch that acts upon a suspension is found, because it acts outside of runs`()
        async throws
    {
        try await expect(
            Mistakes.story("a catch that acts") { try await $0.catching() },
            fails: #"outside of a run "refund" is done"#)
    }

    @Test func `a run that charges twice when it is interrupted is found, and where`()
        async throws
    {
        let failure = try await expect(
            Mistakes.story("a retry that charges twice") { try await $0.charging() },
            fails: "2 charges")
        let last = try #require(failure.journal.last { $0.contains("<== here") })
        #expect(last.contains(#""charge""#))
    }

    @Test func `what was found is written as journals that are played against the handler`()
        async throws
    {
        let clock = try await expect(
            Mistakes.story("a clock outside of a run") { try await $0.clock() },
            fails: "error 570")
        // The last attempt fails in the same way again; the earlier ones have other times.
        #expect(try await played(clock.attempts.suffix(1)) == [])
        let charging = try await expect(
            Mistakes.story("a retry that charges twice") { try await $0.charging() },
            fails: "2 charges")
        #expect(charging.attempts.count == 2)
        #expect(try await played(charging.attempts) == [])
        // Against a handler that does something else the journal is no longer what it was.
        let other = try await played(charging.attempts, "clock")
        #expect(!other.isEmpty)
    }

    /// What differs when these journals are played against the mistakes.
    private func played(
        _ attempts: some Sequence<RecordedAttempt>, _ instead: String? = nil
    ) async throws -> [String] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("attempts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let goldens = try attempts.map { attempt in
            let file = try attempt.write(to: folder)
            var text = try String(contentsOf: file, encoding: .utf8)
            if let instead { text.replace("/charging", with: "/\(instead)") }
            return try Golden(parsing: Array(text.utf8), path: file.lastPathComponent)
        }
        let mistakes = Mistakes(effects: Effects(), numbers: Passes())
        let running = try Endpoint(mistakes).quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        let differences = await play(goldens, port: running.port)
        await running.shutdown(grace: .zero)
        return differences
    }

    /// The mistake is found, and found again by the text of its cut if it does not depend on chance.
    @discardableResult
    private func expect(
        _ story: Story, fails complaint: String, isCertain: Bool = true
    ) async throws -> CutFailure {
        let found = try await CrashExplorer().explore(story)
        let failure = try #require(found.failure, "\(found)")
        #expect(failure.complaints.contains { $0.contains(complaint) }, "\(failure)")
        let cut = try #require(Cut("\(failure.cut)"))
        #expect(cut == failure.cut)
        let again = try await CrashExplorer().play(cut, of: story)
        #expect(again != nil || !isCertain)
        return failure
    }
}
