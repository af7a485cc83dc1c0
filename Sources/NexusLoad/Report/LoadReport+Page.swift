extension LoadReport {
    /// The report as one page of HTML that needs nothing else. It is XML too.
    public var page: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>Load test of Nexus</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <h1>Load test of \(settings.target.escaped)</h1>
        <p>\(summary.escaped)</p>
        <p class="\(failures.isEmpty ? "holds" : "broken")">\(verdict.escaped)</p>
        <h2>Latency</h2>
        \(table(["", "half", "90 %", "95 %", "99 %", "longest"], latencyRows))
        \(LoadChart(self).latency)
        <h2>Throughput</h2>
        <p>\(answersPerSecond.asRate) answers a second, \(confirmedPerSecond.asRate) of them confirmed.</p>
        \(LoadChart(self).throughput)
        <h2>Outcomes</h2>
        \(table(["outcome", "bookings"], outcomeRows.map { [$0.name, "\($0.count)"] }))
        \(errorPart)<h2>Invariants</h2>
        \(table(["", "sentence", "figures"], invariantRows))
        </body>
        </html>

        """
    }

    private var summary: String {
        "\(began.isEmpty ? "" : "\(began): ")\(settings.users) users for "
            + "\(settings.duration.asTime), ramps of \(settings.ramp.asTime), \(settings.seats) seats, "
            + "cards \(settings.mix), seed \(settings.seed), \(kills.count) processes killed."
    }

    private var latencyRows: [[String]] {
        [("all answers", latency), ("confirmed", confirmedLatency)].compactMap { name, figures in
            guard let figures else { return nil }
            let times = [figures.p50, figures.p90, figures.p95, figures.p99, figures.longest]
            return [name] + times.map(\.asTime)
        }
    }

    private var invariantRows: [[String]] {
        invariants.map { [$0.verdict.rawValue, $0.sentence, $0.detail] }
    }

    private var errorPart: String {
        guard !errors.isEmpty else { return "" }
        let rows = errorRows.map { [$0.name, "\($0.count)"] }
        return "<h2>Errors</h2>\n\(table(["answer", "times"], rows))\n"
    }

    private func table(_ head: [String], _ rows: [[String]]) -> String {
        let cells = head.map { "<th>\($0.escaped)</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.map { "<td>\($0.escaped)</td>" }.joined() + "</tr>"
        }
        return (["<table>", "<tr>\(cells)</tr>"] + body + ["</table>"]).joined(separator: "\n")
    }

    private static let style = """
        :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --line: #d0d7de; --one: #0969da; \
        --two: #bc4c00; --bad: #cf222e; --good: #1a7f37 }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --line: #30363d; \
        --one: #58a6ff; --two: #f0883e; --bad: #ff7b72; --good: #3fb950 } }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; \
        color: var(--ink); background: var(--paper) }
        table { border-collapse: collapse; margin: 1rem 0 }
        th, td { text-align: left; padding: .3rem .8rem; border-bottom: 1px solid var(--line) }
        svg { width: 100%; height: auto } svg text { font-size: 12px; fill: var(--ink) }
        .axis { stroke: var(--line) } .one { stroke: var(--one) } .two { stroke: var(--two) }
        .bar { fill: var(--one) } .kill { stroke: var(--bad); stroke-dasharray: 4 3 }
        .curve { fill: none; stroke-width: 2 } .holds { color: var(--good) } .broken { color: var(--bad) }
        """
}

extension String {
    /// As the text of an element or an attribute. Characters that XML cannot have become question marks.
    var escaped: String {
        var result = ""
        for character in unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result.unicodeScalars.append(character)
            case _ where character.value < 0x20 || [0xFFFE, 0xFFFF].contains(character.value):
                result += "?"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
