internal import Primitives

/// Notes what handlers do to the world. The fakes of a story hold it and tell it what they are asked.
///
/// A run that is interrupted is executed again, and so is its effect: who is asked must bear that. What
/// is noted outside of a run happens with each replay, which is always a mistake.
public final class Effects: Sendable {
    @TaskLocal static var isInRun = false

    private struct Noted {
        var inRuns: [String: Int] = [:]
        var outside: [String: Int] = [:]
    }

    private let noted = Locked(Noted())

    public init() {}

    /// Something was done.
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

    /// How often it was done.
    public func count(_ effect: String) -> Int {
        noted.withLock { ($0.inRuns[effect] ?? 0) + ($0.outside[effect] ?? 0) }
    }

    /// What was done outside of runs, and how often.
    var outside: [String: Int] { noted.withLock { $0.outside } }
}
