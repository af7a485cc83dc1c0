/// Draws what happened over time, as SVG inside a page. Each kill is a dashed line.
struct LoadChart {
    private let report: LoadReport
    private let seconds: Double

    private static let (width, height) = (860.0, 220.0)
    private static let (left, right, top, bottom) = (60.0, 10.0, 24.0, 30.0)

    init(_ report: LoadReport) {
        self.report = report
        seconds = Double(max(report.overTime.count, 1))
    }

    /// The time of half and of 95 of 100 answers of each second. A second without an answer has no point.
    var latency: String {
        let points = report.overTime.filter { $0.answers > 0 }
        let most = max(points.map(\.p95).max() ?? 0, 0.001)
        let curves: [(String, String, KeyPath<LoadReport.Second, Double>)] = [
            ("one", "half", \.p50), ("two", "95 %", \.p95),
        ]
        let drawn = curves.enumerated().map { index, curve in
            let (style, name, value) = curve
            let line = points.map { "\(x(Double($0.second) + 0.5)),\(y($0[keyPath: value], most))" }
            let legend = Self.left + 10 + Double(index) * 90
            return """
                <polyline class="curve \(style)" points="\(line.joined(separator: " "))"/>
                <line class="curve \(style)" x1="\(legend)" x2="\(legend + 20)" y1="12" y2="12"/>
                <text x="\(legend + 25)" y="16">\(name)</text>
                """
        }
        return svg("Latency over time", drawn.joined(separator: "\n"), most: most.asTime)
    }

    /// The answers of each second.
    var throughput: String {
        let most = Double(report.overTime.map(\.answers).max() ?? 0)
        let bars = report.overTime.filter { $0.answers > 0 }.map { second in
            let (from, to) = (x(Double(second.second)), x(Double(second.second) + 1))
            let top = y(Double(second.answers), most)
            return
                "<rect class=\"bar\" x=\"\(from)\" width=\"\(max(to - from - 1, 0.5))\" y=\"\(top)\" "
                + "height=\"\(y(0, most) - top)\"><title>second \(second.second): \(second.answers)"
                + "</title></rect>"
        }
        return svg(
            "Answers of each second", bars.joined(separator: "\n"), most: "\(Int(most))")
    }

    private func svg(_ title: String, _ content: String, most: String) -> String {
        let (base, end) = (Self.height - Self.bottom, Self.width - Self.right)
        return """
            <svg viewBox="0 0 \(Self.width) \(Self.height)" role="img" xmlns="http://www.w3.org/2000/svg">
            <title>\(title)</title>
            <line class="axis" x1="\(Self.left)" x2="\(end)" y1="\(base)" y2="\(base)"/>
            <line class="axis" x1="\(Self.left)" x2="\(Self.left)" y1="\(Self.top)" y2="\(base)"/>
            <text x="\(Self.left - 6)" y="\(Self.top + 6)" text-anchor="end">\(most)</text>
            <text x="\(Self.left - 6)" y="\(base)" text-anchor="end">0</text>
            <text x="\(Self.left)" y="\(base + 18)">0 s</text>
            <text x="\(end)" y="\(base + 18)" text-anchor="end">\(Int(seconds)) s</text>
            \(content)
            \(kills)
            </svg>
            """
    }

    private var kills: String {
        report.kills.map { kill in
            let place = x(min(kill.second, seconds))
            return "<line class=\"kill\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(Self.top)\" "
                + "y2=\"\(Self.height - Self.bottom)\"><title>\(kill.part.rawValue) killed at "
                + "\(kill.second.asRate) s</title></line>"
        }.joined(separator: "\n")
    }

    private func x(_ second: Double) -> Double {
        rounded(Self.left + second / seconds * (Self.width - Self.left - Self.right))
    }

    private func y(_ value: Double, _ most: Double) -> Double {
        let height = Self.height - Self.top - Self.bottom
        return rounded(Self.height - Self.bottom - (most > 0 ? value / most * height : 0))
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
