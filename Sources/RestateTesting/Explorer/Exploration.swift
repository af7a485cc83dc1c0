/// What an exploration of a story came to.
public struct Exploration: Sendable, CustomStringConvertible {
    public let story: String
    /// Performances without a cut: one for each mode.
    public internal(set) var performances = 0
    /// Performances with a connection that is lost.
    public internal(set) var cuts = 0
    /// Performances with an invocation that is cancelled.
    public internal(set) var cancellations = 0
    /// Of all that failed the shortest; nil if nobody noticed anything.
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

/// A cut that is noticed, with everything that was seen of it.
public struct CutFailure: Sendable, CustomStringConvertible {
    public let story: String
    /// To be given to ``CrashExplorer/play(_:of:)``.
    public let cut: Cut
    /// What is not as it should be, a line each.
    public let complaints: [String]
    /// The frames in both directions and the closures of runs, in order, with the number of each point
    /// and a mark at the cut.
    public let journal: [String]
    /// How much happened until the cut.
    let length: Int

    init(_ story: String, _ cut: Cut, _ complaints: [String], _ performance: Performance) {
        self.story = story
        self.cut = cut
        self.complaints = complaints
        let seen = performance.seen
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
