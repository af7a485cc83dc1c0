/// A snapshot has the numbers of an endpoint at one moment, counted since its start.
public struct MetricsSnapshot: Sendable {
    /// A row has the numbers of one handler.
    public struct Handler: Sendable {
        /// The name of the service, as on the wire.
        public let service: String
        /// The name of the handler, as on the wire.
        public let handler: String
        /// The number of attempts that have begun: at least one for each invocation, and one for each
        /// time that it goes on.
        public internal(set) var attemptsBegun = 0
        /// The number of attempts that have ended, by outcome. A suspension is one, too.
        public internal(set) var attemptsEnded: [AttemptReport.Outcome: Int] = [:]
        /// How long attempts lasted, from the request to the end of the answer.
        public internal(set) var durations = DurationHistogram()
        /// The number of journal entries that the server sent with attempts, without the inputs.
        public internal(set) var entriesReplayed = 0
        /// The number of journal entries that attempts added.
        public internal(set) var entriesWritten = 0
        /// The number of steps that were executed, by outcome: `completed`, `terminal` or `failed`.
        public internal(set) var runs: [AttemptReport.Outcome: Int] = [:]

        init(service: String, handler: String) {
            self.service = service
            self.handler = handler
        }

        /// The number of attempts that have not ended.
        public var attemptsOpen: Int { attemptsBegun - attemptsEnded.values.reduce(0, +) }
    }

    /// One row for each handler, sorted by service and handler.
    public internal(set) var handlers: [Handler] = []
    /// The number of open connections of all clients of the port.
    public internal(set) var openConnections = 0
    /// The number of requests that have not ended: attempts, and the application's own routes.
    public internal(set) var openStreams = 0
    /// The number of bytes received, with the framing of HTTP.
    public internal(set) var bytesReceived: UInt64 = 0
    /// The number of bytes sent, with the framing of HTTP.
    public internal(set) var bytesSent: UInt64 = 0

    /// Returns the numbers of one handler, or nil if the endpoint does not serve it.
    public subscript(service: String, handler: String) -> Handler? {
        handlers.first { $0.service == service && $0.handler == handler }
    }
}

/// Counts durations by their length.
public struct DurationHistogram: Sendable {
    /// The upper bounds of the classes, in seconds. One more class takes longer durations.
    public static let bounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]

    /// One count for each class; not cumulative.
    private var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// The sum of all durations.
    public private(set) var sum = Duration.zero

    /// The number of all durations, those beyond the last bound included.
    public var count: Int { counts.reduce(0, +) }

    /// For each bound, the number of durations that do not exceed it.
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
    /// The duration as a fraction of seconds, for people and histograms.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
