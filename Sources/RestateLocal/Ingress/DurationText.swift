/// Durations as people and servers write them: ISO 8601 (`PT1.5S`) and friendly (`10s`, `1m 30s`,
/// `5000ms`), in milliseconds.
package enum DurationText {
    package static func milliseconds(_ text: String) throws(DurationError) -> UInt64 {
        let text = text.trimmed
        guard let first = text.first else {
            throw DurationError(
                "expected to find the start of a duration, but got an empty string")
        }
        return first == "P" || first == "p" ? try standard(text) : try friendly(text)
    }

    /// The shortest friendly form: `1d`, `10m`, `500ms`, `1h 30m`.
    static func friendly(milliseconds: UInt64) -> String {
        var rest = milliseconds
        var parts: [String] = []
        for (unit, size) in [("d", day), ("h", hour), ("m", minute), ("s", second), ("ms", 1)] {
            if rest >= size { parts.append("\(rest / size)\(unit)") }
            rest %= size
        }
        return parts.isEmpty ? "0s" : parts.joined(separator: " ")
    }

    private static let second: UInt64 = 1000
    private static let minute: UInt64 = 60_000
    private static let hour: UInt64 = 3_600_000
    private static let day: UInt64 = 86_400_000

    // MARK: ISO 8601

    private static func standard(_ text: String) throws(DurationError) -> UInt64 {
        var rest = Substring(text.uppercased()).dropFirst()
        var isTime = false
        var sum = 0.0
        var count = 0
        while let first = rest.first {
            if first == "T", !isTime {
                isTime = true
                rest = rest.dropFirst()
                continue
            }
            guard let number = number(&rest), let unit = rest.popFirst(),
                let size = (isTime ? timeUnits : dateUnits)[unit]
            else { throw DurationError("'\(text)' is no ISO 8601 duration") }
            sum += number * Double(size)
            count += 1
        }
        guard count > 0 else { throw DurationError("'\(text)' is no ISO 8601 duration") }
        return try whole(sum)
    }

    private static let timeUnits: [Character: UInt64] = ["H": hour, "M": minute, "S": second]
    private static let dateUnits: [Character: UInt64] = ["D": day, "W": 7 * day]

    // MARK: Friendly

    private static func friendly(_ text: String) throws(DurationError) -> UInt64 {
        var rest = Substring(text)
        var sum = 0.0
        repeat {
            rest = rest.drop { $0 == " " || $0 == "," }
            guard let number = number(&rest) else {
                throw DurationError(
                    "failed to parse input in the \"friendly\" duration format: "
                        + "parsing a friendly duration requires it to start with a unit value "
                        + "(a decimal integer)")
            }
            rest = rest.drop { $0 == " " }
            let name = rest.prefix { $0.isLetter }
            guard !name.isEmpty else {
                throw DurationError(
                    "failed to parse input in the \"friendly\" duration format: "
                        + "expected to find unit designator suffix (e.g., `years` or `secs`) "
                        + "after parsing integer")
            }
            guard let size = unit(name.lowercased()) else {
                throw DurationError(
                    "failed to parse input in the \"friendly\" duration format: "
                        + "there is no unit '\(name)'")
            }
            sum += number * size
            rest = rest.dropFirst(name.count)
        } while !rest.isEmpty
        return try whole(sum)
    }

    private static func unit(_ name: String) -> Double? {
        switch name {
        case "d", "day", "days": Double(day)
        case "w", "wk", "week", "weeks": Double(7 * day)
        case "h", "hr", "hrs", "hour", "hours": Double(hour)
        case "m", "min", "mins", "minute", "minutes": Double(minute)
        case "s", "sec", "secs", "second", "seconds": Double(second)
        case "ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds": 1
        case "us", "µs", "usec", "usecs", "micro", "micros", "microsecond", "microseconds": 0.001
        case "ns", "nsec", "nsecs", "nano", "nanos", "nanosecond", "nanoseconds": 0.000_001
        default: nil
        }
    }

    private static func number(_ rest: inout Substring) -> Double? {
        let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        return number
    }

    private static func whole(_ milliseconds: Double) throws(DurationError) -> UInt64 {
        // Beyond 10,000 years a moment cannot be written any more.
        guard milliseconds < 3.2e14 else { throw DurationError("the duration is too long") }
        return UInt64(milliseconds.rounded(.up))
    }
}

package struct DurationError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

extension String {
    var trimmed: String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let front = drop(while: isSpace)
        guard let last = front.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(front[...last])
    }
}
