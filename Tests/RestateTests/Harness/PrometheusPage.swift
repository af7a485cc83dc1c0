/// Parses Prometheus' text format strictly.
struct PrometheusPage {
    struct Malformed: Error {
        let line: String
    }

    private struct Sample: Hashable {
        let name: String
        let labels: [String: String]
    }

    private var values: [Sample: Double] = [:]

    func value(
        _ name: String, _ labels: [String: String] = [:], _ more: [String: String] = [:]
    ) -> Double? {
        values[Sample(name: name, labels: labels.merging(more) { $1 })]
    }

    init(_ text: String) throws {
        var types: [String: String] = [:]
        guard text.last == "\n" else { throw Malformed(line: "the last one does not end") }
        for line in text.split(separator: "\n").map(String.init) {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# TYPE ") {
                guard words.count == 4, types.updateValue(words[3], forKey: words[2]) == nil,
                    ["counter", "gauge", "histogram"].contains(words[3])
                else { throw Malformed(line: line) }
            } else if line.hasPrefix("# HELP ") {
                guard words.count == 4 else { throw Malformed(line: line) }
            } else {
                let (sample, value) = try Self.sample(line)
                guard let type = types[Self.family(sample.name, types)] else {
                    throw Malformed(line: "\(line): no type")
                }
                if type == "counter", !sample.name.hasSuffix("_total") {
                    throw Malformed(line: "\(line): a counter's name ends with _total")
                }
                guard values.updateValue(value, forKey: sample) == nil else {
                    throw Malformed(line: "\(line): twice")
                }
            }
        }
    }

    /// Removes the suffix that a histogram adds to the name.
    private static func family(_ name: String, _ types: [String: String]) -> String {
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let family = String(name.dropLast(suffix.count))
            if types[family] == "histogram" { return family }
        }
        return name
    }

    private static func sample(_ line: String) throws -> (Sample, Double) {
        var rest = line[...]
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                let key = rest.prefix { $0 != "=" }
                rest = rest.dropFirst(key.count)
                guard rest.hasPrefix("=\"") else { throw Malformed(line: line) }
                rest = rest.dropFirst(2)
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "n": value.append("\n")
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    default: throw Malformed(line: line)
                    }
                }
                guard labels.updateValue(value, forKey: String(key)) == nil else {
                    throw Malformed(line: line)
                }
                if rest.first == "," { rest.removeFirst() }
            }
            rest.removeFirst()
        }
        guard !name.isEmpty, rest.popFirst() == " ", let value = Double(rest) else {
            throw Malformed(line: line)
        }
        return (Sample(name: String(name), labels: labels), value)
    }
}
