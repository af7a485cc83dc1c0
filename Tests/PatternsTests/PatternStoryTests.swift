import Foundation
import RestateTesting
import Testing

struct PatternStoryTests {
    /// `EXPLORE=all` makes all cuts in all modes; otherwise all in one mode, and some in the others.
    private func explorers(of story: Story) -> [CrashExplorer] {
        var explorer = CrashExplorer()
        explorer.cancelsCallees = PatternStories.withCallees.contains(story.name)
        if ProcessInfo.processInfo.environment["EXPLORE"] == "all" { return [explorer] }
        var (one, others) = (explorer, explorer)
        one.modes = [StoryMode(protocolVersion: 6, exchange: .suspending, lazyState: false)]
        others.cutsPerMode = 4
        return [one, others]
    }

    @Test(arguments: PatternStories.all.indices)
    func `nobody notices a crash, and what a pattern promises holds`(index: Int) async throws {
        let story = PatternStories.all[index]
        for explorer in explorers(of: story) {
            let found = try await explorer.explore(story)
            #expect(found.failure == nil, "\(found)")
        }
    }
}
