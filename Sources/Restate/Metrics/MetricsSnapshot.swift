/// The numbers of an endpoint at one moment, counted since its start.
public struct MetricsSnapshot: Sendable {
    /// The numbers of one handler.
    public struct Handler: Sendable {
        public let service: String
        public let handler: String
        public internal(set) var attemptsBegun = 0
        public internal(set) var attemptsEnded: [AttemptReport.Outcome: Int] = [:]
        public internal(set) var durations = DurationHistogram()
        /// Entries of journals that came along with attempts, besides the inputs.
        public internal(set) var entriesReplayed = 0
        /// Entries that attempts added to their journals.
        public internal(set) var entriesWritten = 0
        /// Closures of steps that really ran, by what came of them: `completed`, `terminal` or `failed`.
        public internal(set) var runs: [AttemptReport.Outcome: Int] = [:]

        init(service: String, handler: String) {
            self.service = service
            self.handler = handler
        }

        /// Attempts that are under way.
        public var attemptsOpen: Int { attemptsBegun - attemptsEnded.values.reduce(0, +) }
    }

    /// Sorted by service and handler.
    public internal(set) var handlers: [Handler] = []
    public internal(set) var openConnections = 0
    /// Requests that are under way: attempts, and routes of the application's own.
    public internal(set) var openStreams = 0
    /// Bytes of HTTP, with its framing.
    public internal(set) var bytesReceived: UInt64 = 0
    public internal(set) var bytesSent: UInt64 = 0

    /// The numbers of one handler; nil if it is not served.
    public subscript(service: String, handler: String) -> Handler? {
        handlers.first { $0.service == service && $0.handler == handler }
    }
}

/// How many durations were no longer than each of some bounds.
public struct DurationHistogram: Sendable {
    /// In seconds. What is longer is counted too.
    public static let bounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]

    /// One more than there are bounds; not summed up.
    private var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// All durations together.
    public private(set) var sum = Duration.zero

    public var count: Int { counts.reduce(0, +) }

    /// For each bound, how many were no longer.
    public var cumulative: [Int] {
        var total = 0
        return counts.dropLast().map { count in
            total += count
            return total
        }
    }

    mutating func add(_ duration: Duration) {
        sum += duration
        let seconds = duration.seconds
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    }
}

extension Duration {
    /// As a fraction, for people and histograms.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
