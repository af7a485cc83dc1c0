/// One subject that is measured.
struct Benchmark: Sendable {
    let name: String
    /// What its figures are, with their unit.
    let purpose: String
    /// Measures, and tells a line for each figure.
    let run: @Sendable (_ tell: (String) -> Void) async throws -> Void

    static let all = [json, machine, http, spread, health, start, open, runtime, folder]

    /// Measurements of one figure; the median is told, so that what else happens on the machine
    /// disturbs little.
    static let rounds = 15
}

func median(_ figures: [Double]) -> Double {
    figures.sorted()[figures.count / 2]
}

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}

/// A number in the right half of a column.
func column(_ number: Double, _ width: Int = 9) -> String {
    let text = number < 100 ? "\((number * 10).rounded() / 10)" : "\(Int(number.rounded()))"
    return String(repeating: " ", count: max(0, width - text.count)) + text
}
