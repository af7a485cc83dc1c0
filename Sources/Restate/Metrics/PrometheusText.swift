/// Writes numbers in the text format of Prometheus, version 0.0.4.
struct PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    init(_ snapshot: MetricsSnapshot) {
        let handlers = snapshot.handlers
        family("restate_attempts_begun_total", "counter", "Attempts that have begun.")
        for row in handlers { sample(row, [], row.attemptsBegun) }
        family("restate_attempts_ended_total", "counter", "Attempts that have ended, by outcome.")
        for row in handlers {
            for outcome in AttemptReport.Outcome.all {
                let count = row.attemptsEnded[outcome] ?? 0
                sample(row, [("outcome", outcome.rawValue)], count)
            }
        }
        family("restate_attempt_duration_seconds", "histogram", "How long attempts took.")
        for row in handlers { histogram(row) }
        family(
            "restate_entries_replayed_total", "counter",
            "Journal entries that came along with attempts, besides the inputs.")
        for row in handlers { sample(row, [], row.entriesReplayed) }
        family(
            "restate_entries_written_total", "counter",
            "Entries that attempts added to their journals.")
        for row in handlers { sample(row, [], row.entriesWritten) }
        family(
            "restate_runs_executed_total", "counter",
            "Closures of steps that really ran, by outcome.")
        for row in handlers {
            for outcome in [AttemptReport.Outcome.completed, .terminal, .failed] {
                sample(row, [("outcome", outcome.rawValue)], row.runs[outcome] ?? 0)
            }
        }
        family("restate_http_connections_open", "gauge", "Open connections.")
        line("", [], "\(snapshot.openConnections)")
        family("restate_http_streams_open", "gauge", "Requests that are under way.")
        line("", [], "\(snapshot.openStreams)")
        family("restate_http_received_bytes_total", "counter", "Bytes received.")
        line("", [], "\(snapshot.bytesReceived)")
        family("restate_http_sent_bytes_total", "counter", "Bytes sent.")
        line("", [], "\(snapshot.bytesSent)")
    }

    private var name = ""

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(
        _ row: MetricsSnapshot.Handler, _ labels: [(String, String)], _ value: Int
    ) {
        line("", Self.labels(of: row) + labels, "\(value)")
    }

    private mutating func histogram(_ row: MetricsSnapshot.Handler) {
        let labels = Self.labels(of: row)
        for (bound, count) in zip(DurationHistogram.bounds, row.durations.cumulative) {
            line("_bucket", labels + [("le", "\(bound)")], "\(count)")
        }
        line("_bucket", labels + [("le", "+Inf")], "\(row.durations.count)")
        line("_sum", labels, "\(row.durations.sum.seconds)")
        line("_count", labels, "\(row.durations.count)")
    }

    private static func labels(of row: MetricsSnapshot.Handler) -> [(String, String)] {
        [("service", row.service), ("handler", row.handler)]
    }

    private mutating func line(_ suffix: String, _ labels: [(String, String)], _ value: String) {
        let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += "\(name)\(suffix)\(pairs.isEmpty ? "" : "{\(pairs)}") \(value)\n"
    }

    /// Escapes the three characters that would end a label's value or its line.
    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
