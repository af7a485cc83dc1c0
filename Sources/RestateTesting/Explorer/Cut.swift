internal import Times

/// Says how a story is performed: the version of the protocol, how frames are exchanged, and
/// whether state is sent with attempts.
public struct StoryMode: Hashable, Sendable, CustomStringConvertible {
    /// Says when each side gets the frames of the other one.
    public enum Exchange: String, CaseIterable, Sendable {
        /// Frames arrive at once, so that an attempt goes on where it waits.
        case streaming
        /// Frames arrive at once, but the input of an attempt ends after its journal, so that it
        /// suspends where it waits.
        case suspending
        /// The input is complete from the start, and the output arrives when the attempt has ended,
        /// as with an endpoint that does not stream. A broken connection loses all of it.
        case requestResponse = "request-response"
    }

    /// The version of the service protocol: 5, 6 or 7.
    public var protocolVersion: Int
    /// When each side gets the frames of the other one.
    public var exchange: Exchange
    /// Whether attempts come without state, so that a handler asks for each entry that it reads.
    public var lazyState: Bool

    /// Makes a mode. The explorer knows those of ``all``; others are performed, too.
    public init(protocolVersion: Int, exchange: Exchange, lazyState: Bool) {
        self.protocolVersion = protocolVersion
        self.exchange = exchange
        self.lazyState = lazyState
    }

    /// The list of all modes. The first one replays least, so the others are compared with it.
    public static let all = [6, 7, 5].flatMap { version in
        Exchange.allCases.flatMap { exchange in
            [false, true].map { lazy in
                StoryMode(protocolVersion: version, exchange: exchange, lazyState: lazy)
            }
        }
    }

    public var description: String {
        "v\(protocolVersion) \(exchange.rawValue) \(lazyState ? "lazy" : "eager")"
    }

    var settings: TestSettings {
        var settings = TestSettings()
        settings.protocolVersion = protocolVersion
        settings.alwaysSuspend = exchange != .streaming
        settings.buffersOutput = exchange == .requestResponse
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
        /// The connection breaks in the middle of this frame.
        case torn(in: Int)
        /// The invocation that is at this wait is cancelled.
        case cancelled(at: Int)
    }

    /// How the story is performed up to the cut and after it.
    public var mode: StoryMode
    /// What happens, and at which of the points that are counted in a performance.
    public var kind: Kind

    /// Makes a cut of its parts. ``init(_:)`` makes one of a report's text.
    public init(_ mode: StoryMode, _ kind: Kind) {
        self.mode = mode
        self.kind = kind
    }

    public var description: String {
        switch kind {
        case .none: "\(mode)"
        case .lost(let point): "\(mode) lost \(point)"
        case .torn(let frame): "\(mode) torn \(frame)"
        case .cancelled(let wait): "\(mode) cancelled \(wait)"
        }
    }

    /// Parses the text of a cut, as a report has it: `v6 suspending eager lost 14`.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 3 || words.count == 5, words[0].first == "v",
            let version = Int(words[0].dropFirst()), (5...7).contains(version),
            let exchange = StoryMode.Exchange(rawValue: String(words[1])),
            ["eager", "lazy"].contains(words[2])
        else { return nil }
        mode = StoryMode(
            protocolVersion: version, exchange: exchange, lazyState: words[2] == "lazy")
        guard words.count == 5 else {
            kind = .none
            return
        }
        guard let number = Int(words[4]), number > 0 else { return nil }
        switch words[3] {
        case "lost": kind = .lost(after: number)
        case "torn": kind = .torn(in: number)
        case "cancelled": kind = .cancelled(at: number)
        default: return nil
        }
    }
}
