import RestateTesting
import Testing

@Suite(.serialized) struct ExplorerTests {
    /// Some cuts of each mode: all of them take minutes in a debug build.
    private var explorer: CrashExplorer {
        var explorer = CrashExplorer()
        explorer.cutsPerMode = 4
        return explorer
    }

    @Test(arguments: NexusStories.all.indices)
    func `nobody at the box office notices a crash, wherever it is`(index: Int) async throws {
        let found = try await explorer.explore(NexusStories.all[index])
        #expect(found.failure == nil, "\(found)")
        #expect(found.performances == 12)
        #expect(found.cuts == 48)
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
            Mistakes.story("a set's order") { try await $0.order() }, fails: "error 570")
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

    /// The mistake is found, and found again by the text of its cut.
    @discardableResult
    private func expect(_ story: Story, fails complaint: String) async throws -> CutFailure {
        let found = try await CrashExplorer().explore(story)
        let failure = try #require(found.failure, "\(found)")
        #expect(failure.complaints.contains { $0.contains(complaint) }, "\(failure)")
        let cut = try #require(Cut("\(failure.cut)"))
        #expect(cut == failure.cut)
        #expect(try await CrashExplorer().play(cut, of: story) != nil)
        return failure
    }
}
