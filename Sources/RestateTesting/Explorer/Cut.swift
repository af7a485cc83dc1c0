internal import Times

/// Says how a story is performed: the version of the protocol, whether every wait suspends, and
/// whether state is sent with attempts.
public struct StoryMode: Hashable, Sendable, CustomStringConvertible {
    public var protocolVersion: Int
    public var alwaysSuspend: Bool
    public var lazyState: Bool

    public init(protocolVersion: Int, alwaysSuspend: Bool, lazyState: Bool) {
        self.protocolVersion = protocolVersion
        self.alwaysSuspend = alwaysSuspend
        self.lazyState = lazyState
    }

    /// The list of all modes. The first one replays least, so the others are compared with it.
    public static let all = [6, 7, 5].flatMap { version in
        [false, true].flatMap { suspends in
            [false, true].map { lazy in
                StoryMode(protocolVersion: version, alwaysSuspend: suspends, lazyState: lazy)
            }
        }
    }

    public var description: String {
        "v\(protocolVersion) \(alwaysSuspend ? "suspending" : "streaming") "
            + (lazyState ? "lazy" : "eager")
    }

    var settings: TestSettings {
        var settings = TestSettings()
        settings.protocolVersion = protocolVersion
        settings.alwaysSuspend = alwaysSuspend
        settings.lazyState = lazyState
        // Without a delay, so that a cut does not change the time; limited, so that a loop ends.
        settings.retries = .every(.zero, attempts: 20)
        settings.patience = .seconds(1)
        return settings
    }
}

/// Identifies the point at which a performance of a story is disturbed. Its text can be kept, and
/// performed again.
public struct Cut: Hashable, Sendable, CustomStringConvertible {
    /// Says what happens at the cut.
    public enum Kind: Hashable, Sendable {
        /// The performance is not disturbed.
        case none
        /// The connection breaks after this point: a frame, or the beginning or end of a run's
        /// closure.
        case lost(after: Int)
        /// The invocation that is at this wait is cancelled.
        case cancelled(at: Int)
    }

    public var mode: StoryMode
    public var kind: Kind

    public init(_ mode: StoryMode, _ kind: Kind) {
        self.mode = mode
        self.kind = kind
    }

    public var description: String {
        switch kind {
        case .none: "\(mode)"
        case .lost(let point): "\(mode) lost \(point)"
        case .cancelled(let wait): "\(mode) cancelled \(wait)"
        }
    }

    /// Parses the text of a cut, as a report has it: `v6 suspending eager lost 14`.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 3 || words.count == 5, words[0].first == "v",
            let version = Int(words[0].dropFirst()), (5...7).contains(version),
            ["streaming", "suspending"].contains(words[1]), ["eager", "lazy"].contains(words[2])
        else { return nil }
        mode = StoryMode(
            protocolVersion: version, alwaysSuspend: words[1] == "suspending",
            lazyState: words[2] == "lazy")
        guard words.count == 5 else {
            kind = .none
            return
        }
        guard let number = Int(words[4]), number > 0 else { return nil }
        switch words[3] {
        case "lost": kind = .lost(after: number)
        case "cancelled": kind = .cancelled(at: number)
        default: return nil
        }
    }
}
