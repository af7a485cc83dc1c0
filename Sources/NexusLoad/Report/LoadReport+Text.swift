extension LoadReport {
    /// The report for a terminal.
    public var text: String {
        var lines = [
            "Load test of \(settings.target)\(began.isEmpty ? "" : ", \(began)")",
            "  \(settings.users) users for \(settings.duration.asTime), ramps of "
                + "\(settings.ramp.asTime), \(settings.seats) seats, cards \(settings.mix), seed "
                + "\(settings.seed)",
            "",
            "Throughput  \(answersPerSecond.asRate) answers a second, \(confirmedPerSecond.asRate) "
                + "confirmed, over \(seconds.asTime)",
        ]
        lines += latencyLines
        lines += ["", "Outcomes"] + outcomeRows.map { "  \(padded($0.name))  \($0.count)" }
        if !errors.isEmpty {
            lines += ["", "Errors"] + errorRows.map { "  \($0.count) × \($0.name)" }
        }
        if !kills.isEmpty {
            let list = kills.map { "\($0.part.rawValue) at \($0.second.asRate) s" }
            lines += ["", "Killed  " + list.joined(separator: ", ")]
        }
        lines += ["", "Invariants"]
        lines += invariants.map { invariant in
            let detail = invariant.detail.isEmpty ? "" : " (\(invariant.detail))"
            return "  \(padded(invariant.verdict.rawValue, 11))  \(invariant.sentence)\(detail)"
        }
        lines += ["", verdict]
        return lines.joined(separator: "\n") + "\n"
    }

    var verdict: String {
        failures.isEmpty
            ? "Passed." : "Failed: \(failures.joined(separator: "; "))."
    }

    /// In the order in which people look for them, and whatever never happened with 0.
    var outcomeRows: [(name: String, count: Int)] {
        LoadOutcome.allCases.map { ($0.rawValue, outcomes[$0.rawValue] ?? 0) }
    }

    /// The most frequent ones first.
    var errorRows: [(name: String, count: Int)] {
        errors.map { (name: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    private var latencyLines: [String] {
        [("Latency", latency), ("  confirmed", confirmedLatency)].compactMap { name, figures in
            guard let figures else { return nil }
            let parts = [
                ("half", figures.p50), ("90 %", figures.p90), ("95 %", figures.p95),
                ("99 %", figures.p99), ("all", figures.longest),
            ]
            let list = parts.map { "\($0) in \($1.asTime)" }.joined(separator: ", ")
            return "\(padded(name, 11)) \(list)"
        }
    }

    private func padded(_ text: String, _ width: Int = 18) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
