internal import Primitives

/// Performs a story with a crash at every possible point, and checks that no crash has a visible
/// effect.
///
/// In every mode, the connection to the endpoint breaks after every frame in both directions and in
/// its middle, before each suspension, and before and after each closure of a run. The story's
/// result and all state must stay the same; no run whose result is stored may be executed again; no
/// replay may differ from its journal; and nothing that is noted outside of runs may happen twice.
/// In addition an invocation is cancelled at every wait: then the story's own check must hold.
///
/// ```swift
/// let found = try await CrashExplorer().explore(story)
/// #expect(found.failure == nil, "\(found)")
/// ```
public struct CrashExplorer: Sendable {
    /// The modes in which the story is performed. The others are compared with the first one.
    public var modes = StoryMode.all
    /// Whether handlers that other handlers have called are cancelled too, and not only those that
    /// the story has called.
    public var cancelsCallees = false
    /// The most cuts of each kind in one mode. If there are more, some are chosen. Nil tries all.
    public var cutsPerMode: Int?
    /// The seed of the choice.
    public var seed: UInt64 = 1

    /// Makes an explorer that tries all cuts in all modes.
    public init() {}

    /// Tries all cuts. In each mode it stops at the first one that fails.
    public func explore(_ story: Story) async throws -> Exploration {
        let theatre = Theatre()
        defer { theatre.close() }
        var found = Exploration(story: story.name)
        guard let first = modes.first else { return found }
        let usual = try await theatre.perform(story, Cut(first, .none))
        if !usual.violations.isEmpty {
            found.failure = CutFailure(story.name, Cut(first, .none), usual.violations, usual)
            return found
        }
        for mode in modes {
            let whole = try await theatre.perform(
                story, Cut(mode, .none), cancelsCallees: cancelsCallees)
            found.performances += 1
            let differences = whole.differences(from: usual)
            guard differences.isEmpty else {
                found.note(CutFailure(story.name, Cut(mode, .none), differences, whole))
                continue
            }
            try await lose(
                story, usual, chosen(whole.points).map { Cut(mode, .lost(after: $0)) }, theatre,
                &found)
            try await lose(
                story, usual, chosen(whole.frames).map { Cut(mode, .torn(in: $0)) }, theatre,
                &found)
            if story.scene().whenCancelled != nil {
                try await cancel(story, mode, whole.waits, theatre, &found)
            }
        }
        return found
    }

    private func lose(
        _ story: Story, _ usual: Performance, _ cuts: [Cut], _ theatre: Theatre,
        _ found: inout Exploration
    ) async throws {
        for cut in cuts {
            let performance = try await theatre.perform(story, cut)
            found.cuts += 1
            let differences = performance.differences(from: usual)
            guard differences.isEmpty else {
                return found.note(CutFailure(story.name, cut, differences, performance))
            }
        }
    }

    private func cancel(
        _ story: Story, _ mode: StoryMode, _ waits: Int, _ theatre: Theatre,
        _ found: inout Exploration
    ) async throws {
        for wait in chosen(waits) {
            let cut = Cut(mode, .cancelled(at: wait))
            let performance = try await theatre.perform(
                story, cut, cancelsCallees: cancelsCallees)
            found.cancellations += 1
            guard performance.violations.isEmpty else {
                return found.note(
                    CutFailure(story.name, cut, performance.violations, performance))
            }
        }
    }

    private func chosen(_ count: Int) -> [Int] {
        guard let cutsPerMode, count > cutsPerMode else { return Array(1..<(count + 1)) }
        var random = SplitMix(seed: seed)
        return (1...count).shuffled(using: &random).prefix(cutsPerMode).sorted()
    }

    /// Performs one cut of a story again.
    /// - Returns: nil if the crash has no visible effect.
    public func play(_ cut: Cut, of story: Story) async throws -> CutFailure? {
        let theatre = Theatre()
        defer { theatre.close() }
        let usual = try await theatre.perform(story, Cut(modes.first ?? cut.mode, .none))
        let performance = try await theatre.perform(
            story, cut, cancelsCallees: cancelsCallees)
        let isCancelled = if case .cancelled = cut.kind { true } else { false }
        let differences =
            isCancelled ? performance.violations : performance.differences(from: usual)
        return differences.isEmpty
            ? nil : CutFailure(story.name, cut, differences, performance)
    }
}
