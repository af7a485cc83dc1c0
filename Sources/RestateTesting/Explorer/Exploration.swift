/// Describes the result of exploring a story.
public struct Exploration: Sendable, CustomStringConvertible {
    /// The name of the story that was explored.
    public let story: String
    /// The number of performances without a cut, one for each mode.
    public internal(set) var performances = 0
    /// The number of performances with a broken connection.
    public internal(set) var cuts = 0
    /// The number of performances with a cancelled invocation.
    public internal(set) var cancellations = 0
    /// The shortest of all failures; nil if there was none.
    public internal(set) var failure: CutFailure?

    init(story: String) { self.story = story }

    mutating func note(_ failure: CutFailure) {
        if let known = self.failure, known.length <= failure.length { return }
        self.failure = failure
    }

    public var description: String {
        let counts =
            "\"\(story)\": \(performances) modes, \(cuts) cuts, \(cancellations) cancellations"
        return failure.map { "\(counts). \($0)" } ?? "\(counts), all alike"
    }
}

/// Describes a cut that had a visible effect, with everything that was seen of it.
public struct CutFailure: Sendable, CustomStringConvertible {
    /// The name of the story that failed.
    public let story: String
    /// The cut, for ``CrashExplorer/play(_:of:)``.
    public let cut: Cut
    /// The complaints, one line each.
    public let complaints: [String]
    /// The frames in both directions and the closures of runs, in order, with the number of each
    /// point and a mark at the cut.
    public let journal: [String]
    /// The attempts of the performance as journals that can be played against an endpoint. In the
    /// last one the effect was seen.
    public let attempts: [RecordedAttempt]
    /// The number of events before the cut.
    let length: Int

    init(_ story: String, _ cut: Cut, _ complaints: [String], _ performance: Performance) {
        self.story = story
        self.cut = cut
        self.complaints = complaints
        let seen = performance.seen
        attempts = RecordedAttempt.all(in: seen, cut)
        length = (seen.firstIndex { $0.isCut } ?? seen.count) + 1
        journal = seen.map { seen in
            let number = seen.point.map { "\($0)" } ?? ""
            let place = String(repeating: " ", count: max(0, 5 - number.count)) + number
            let what =
                switch seen.what {
                case .frame(let frame): frame.description
                case .text(let text): text
                }
            return "\(place)  \(what)" + (seen.isCut ? "   <== here" : "")
        }
    }

    public var description: String {
        let how =
            switch cut.kind {
            case .none: "without any cut"
            case .lost(let point): "with the connection lost behind point \(point)"
            case .torn(let frame): "with the connection lost in the middle of frame \(frame)"
            case .cancelled(let wait): "with a cancellation at wait \(wait)"
            }
        return """
            "\(story)" goes wrong \(how):
              \(complaints.joined(separator: "\n  "))
            Play it again with CrashExplorer().play(Cut("\(cut)")!, of: story). Its journal:
            \(journal.joined(separator: "\n"))
            """
    }
}
