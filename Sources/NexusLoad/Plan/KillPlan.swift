/// The processes that a load test starts by itself, and may kill.
public enum LoadPart: String, CaseIterable, Codable, Sendable {
    case endpoint, gateway, runtime
}

/// Which of its processes the test kills, one each time and all in turn.
public struct KillPlan: Equatable, Sendable {
    public let parts: [LoadPart]
    public let pause: Duration

    /// - Parameter pause: before the first one, and between two.
    public init(_ parts: [LoadPart], every pause: Duration) {
        self.parts = parts
        self.pause = pause
    }

    /// One death of a process.
    public struct Kill: Equatable, Sendable {
        public let part: LoadPart
        public let moment: Duration
    }

    /// All kills of a test of this duration.
    public func kills(within duration: Duration) -> [Kill] {
        guard !parts.isEmpty, pause > .zero else { return [] }
        var kills: [Kill] = []
        var moment = pause
        while moment < duration {
            kills.append(Kill(part: parts[kills.count % parts.count], moment: moment))
            moment += pause
        }
        return kills
    }
}
