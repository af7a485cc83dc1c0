internal import Primitives

/// Counts the side effects of handlers. The fakes of a story note each request in it.
///
/// A run that is interrupted is executed again, and so is its side effect; the outside system must
/// tolerate that. A side effect outside of runs happens again with each replay, which is always a
/// mistake.
public final class Effects: Sendable {
    @TaskLocal static var isInRun = false

    private struct Noted {
        var inRuns: [String: Int] = [:]
        var outside: [String: Int] = [:]
    }

    private let noted = Locked(Noted())

    /// Makes an empty record, one for each performance.
    public init() {}

    /// Notes a side effect.
    public func note(_ effect: String) {
        let isInRun = Self.isInRun
        noted.withLock { noted in
            if isInRun {
                noted.inRuns[effect, default: 0] += 1
            } else {
                noted.outside[effect, default: 0] += 1
            }
        }
    }

    /// Returns how often a side effect was noted.
    public func count(_ effect: String) -> Int {
        noted.withLock { ($0.inRuns[effect] ?? 0) + ($0.outside[effect] ?? 0) }
    }

    /// The side effects outside of runs, and how often they were noted.
    var outside: [String: Int] { noted.withLock { $0.outside } }
}
