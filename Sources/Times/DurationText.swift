/// Parses durations in ISO 8601 (`PT1.5S`) and in the "friendly" format of the Rust library Jiff
/// (`10s`, `1m 30s`, `1d 01:02:03`).
///
/// A Restate server uses Jiff. Spellings and error messages follow it, so that a setting that works
/// here works there, too.
package enum DurationText {
    /// Parses a duration and rounds it up to whole milliseconds.
    package static func milliseconds(_ text: String) throws(DurationError) -> UInt64 {
        let nanoseconds = try nanoseconds(text)
        return UInt64((nanoseconds + 999_999) / 1_000_000)
    }

    package static func nanoseconds(_ text: String) throws(DurationError) -> UInt128 {
        guard !text.isEmpty else {
            throw DurationError(
                "an empty string is not a valid duration in either the ISO 8601 format or Jiff's "
                    + "\"friendly\" format")
        }
        if text == "0" { return 0 }
        var text = DurationReader(text)
        let sign = text.take("+") ? 1 : text.take("-") ? -1 : 1
        var sum = DurationSum()
        if text.take("P") || text.take("p") {
            try text.standard(into: &sum)
        } else {
            do throws(DurationError) {
                try text.friendly(into: &sum)
            } catch {
                throw DurationError(
                    "failed to parse input in the \"friendly\" duration format: \(error)")
            }
        }
        guard sign > 0, !sum.isNegative else {
            throw DurationError(
                "negative signed durations cannot be converted to an unsigned duration")
        }
        if sum.hasMonths { throw DurationError("please use units of days or smaller") }
        guard sum.nanoseconds <= longest else {
            throw DurationError("the duration is longer than 631107417600 seconds")
        }
        return sum.nanoseconds
    }

    /// Bounds the durations that are accepted: a server fails on a longer one.
    package static let longestMilliseconds = Moment.longestSpan
    private static let longest = UInt128(longestMilliseconds) * 1_000_000

    /// Returns the shortest friendly form: `1d`, `10m`, `500ms`, `1h 30m`.
    package static func friendly(milliseconds: UInt64) -> String {
        var rest = milliseconds
        var parts: [String] = []
        for (unit, size) in [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
        ] as [(String, UInt64)] {
            if rest >= size { parts.append("\(rest / size)\(unit)") }
            rest %= size
        }
        return parts.isEmpty ? "0s" : parts.joined(separator: " ")
    }
}

/// The description is the text of the server's error.
package struct DurationError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// The units, largest first, which is the order in which a duration must list them.
private enum DurationUnit: Int {
    case year, month, week, day, hour, minute, second, millisecond, microsecond, nanosecond

    var nanoseconds: UInt128 {
        switch self {
        // Their length varies. Durations with them are rejected, so the value is never used.
        case .year, .month: 0
        case .week: 604_800_000_000_000
        case .day: 86_400_000_000_000
        case .hour: 3_600_000_000_000
        case .minute: 60_000_000_000
        case .second: 1_000_000_000
        case .millisecond: 1_000_000
        case .microsecond: 1000
        case .nanosecond: 1
        }
    }

    /// The names of the units, longest first, so that the first match is the longest.
    static let names: [(name: [UInt8], unit: DurationUnit)] = [
        (["years", "year", "yrs", "yr", "y"], .year),
        (["months", "month", "mos", "mo"], .month),
        (["weeks", "week", "wks", "wk", "w"], .week), (["days", "day", "d"], .day),
        (["hours", "hour", "hrs", "hr", "h"], .hour),
        (["minutes", "minute", "mins", "min", "m"], .minute),
        (["seconds", "second", "secs", "sec", "s"], .second),
        (
            ["milliseconds", "millisecond", "millis", "milli", "msecs", "msec", "ms"],
            .millisecond
        ),
        (
            [
                "microseconds", "microsecond", "micros", "micro", "usecs", "usec", "us",
                "\u{B5}secs", "\u{B5}sec", "\u{B5}s", "\u{3BC}secs", "\u{3BC}sec", "\u{3BC}s",
            ], .microsecond
        ),
        (
            ["nanoseconds", "nanosecond", "nanos", "nano", "nsecs", "nsec", "ns"], .nanosecond
        ),
    ].flatMap { names, unit in names.map { (Array($0.utf8), unit) } }
        .sorted { $0.name.count > $1.name.count }
}

/// Sums up the parts of a duration and checks that their units are in order.
private struct DurationSum {
    var nanoseconds: UInt128 = 0
    var hasMonths = false
    var isNegative = false
    private var last: DurationUnit?

    /// - Parameter fraction: the digits behind the point, in billionths of the unit.
    mutating func add(
        _ count: UInt64, _ fraction: UInt64?, _ unit: DurationUnit
    ) throws(DurationError) {
        if let last, last.rawValue >= unit.rawValue {
            throw DurationError(
                "found value with unit \(unit) after unit \(last), but units must be written from "
                    + "largest to smallest (and they can't be repeated)")
        }
        last = unit
        if unit.rawValue <= DurationUnit.month.rawValue { hasMonths = true }
        nanoseconds += UInt128(count) * unit.nanoseconds
        if let fraction {
            guard unit.rawValue >= DurationUnit.hour.rawValue, unit != .nanosecond else {
                throw DurationError("fractional \(unit)s are not supported")
            }
            nanoseconds += UInt128(fraction) * unit.nanoseconds / 1_000_000_000
        }
    }

    /// The sum in ISO 8601, as far as error messages need it.
    var text: String {
        var rest = nanoseconds
        var text = "P"
        func part(_ size: UInt128, _ letter: String) -> String {
            defer { rest %= size }
            return rest >= size ? "\(rest / size)\(letter)" : ""
        }
        text += part(DurationUnit.day.nanoseconds, "D")
        if rest > 0 {
            text += "T" + part(DurationUnit.hour.nanoseconds, "H")
            text += part(DurationUnit.minute.nanoseconds, "M")
            text += part(DurationUnit.second.nanoseconds, "S")
        }
        return text == "P" ? "PT0S" : text
    }
}

/// Consumes a text from its front. The messages are those of Jiff.
private struct DurationReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        rest = Array(text.utf8)[...]
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func takeBlanks() -> Bool {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (9...13).contains(byte) }
        let isThere = rest.first.map(isBlank) ?? false
        rest = rest.drop(while: isBlank)
        return isThere
    }

    /// Returns nil if the text does not continue with a digit.
    private mutating func integer() throws(DurationError) -> UInt64? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        var number: UInt64 = 0
        for digit in digits {
            guard number < 100_000_000_000_000_000 else {
                throw DurationError("the number is too large")
            }
            number = number * 10 + UInt64(digit & 15)
        }
        return number
    }

    /// Returns billionths, or nil if there is no decimal mark. Further digits are dropped.
    private mutating func fraction(_ marks: [Unicode.Scalar]) throws(DurationError) -> UInt64? {
        guard let next = rest.first, marks.contains(Unicode.Scalar(next)) else { return nil }
        let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else {
            throw DurationError(
                "found decimal after seconds component, but did not find any digits after decimal")
        }
        rest = rest.dropFirst(1 + digits.count)
        return (0..<9).reduce(0) { sum, place in
            let index = digits.startIndex + place
            return sum * 10 + (index < digits.endIndex ? UInt64(digits[index] & 15) : 0)
        }
    }

    private func end(_ sum: DurationSum) throws(DurationError) {
        guard !rest.isEmpty else { return }
        throw DurationError(
            "parsed value '\(sum.text)', but unparsed input "
                + "\"\(String(decoding: rest, as: UTF8.self))\" remains (expected no unparsed input)"
        )
    }

    // MARK: ISO 8601

    mutating func standard(into sum: inout DurationSum) throws(DurationError) {
        let units: [UInt8: DurationUnit] = [
            UInt8(ascii: "Y"): .year, UInt8(ascii: "M"): .month, UInt8(ascii: "W"): .week,
            UInt8(ascii: "D"): .day,
        ]
        let hasDate = try components(
            units, "date unit designator suffix (`Y`, `M`, `W` or `D`)", &sum)
        if take("T") || take("t") {
            let units: [UInt8: DurationUnit] = [
                UInt8(ascii: "H"): .hour, UInt8(ascii: "M"): .minute, UInt8(ascii: "S"): .second,
            ]
            guard try components(units, "time unit designator suffix (`H`, `M` or `S`)", &sum)
            else {
                throw DurationError(
                    "found a time designator (`T` or `t`) in an ISO 8601 duration string, but did "
                        + "not find any time units")
            }
        } else if !hasDate {
            throw DurationError("no parsed duration components")
        }
        try end(sum)
    }

    private mutating func components(
        _ units: [UInt8: DurationUnit], _ expected: String, _ sum: inout DurationSum
    ) throws(DurationError) -> Bool {
        var isAny = false
        while let count = try integer() {
            let fraction = try fraction([".", ","])
            guard let letter = rest.popFirst() else {
                throw DurationError("expected to find \(expected), but found end of input")
            }
            // The mask makes the letter a capital: either case is accepted.
            guard let unit = units[letter & 0xDF] else {
                throw DurationError(
                    "expected to find \(expected), but found `\(Character(Unicode.Scalar(letter)))`"
                )
            }
            try sum.add(count, fraction, unit)
            isAny = true
            if fraction != nil { break }
        }
        return isAny
    }

    // MARK: Friendly

    mutating func friendly(into sum: inout DurationSum) throws(DurationError) {
        guard var count = try integer() else {
            throw DurationError(
                "expected duration to start with a unit value (a decimal integer) after an "
                    + "optional sign, but no integer was found")
        }
        while true {
            if rest.first == UInt8(ascii: ":") {
                try clock(hours: count, &sum)
                break
            }
            let fraction = try fraction(["."])
            _ = takeBlanks()
            guard let (name, unit) = DurationUnit.names.first(where: { rest.starts(with: $0.name) })
            else {
                throw DurationError(
                    "expected to find unit designator suffix (e.g., `years` or `secs`) after "
                        + "parsing integer")
            }
            rest = rest.dropFirst(name.count)
            try sum.add(count, fraction, unit)
            // Only the last part may have a fraction.
            if fraction != nil { break }
            if take(","), !takeBlanks() {
                throw DurationError(
                    "expected whitespace after comma, but found "
                        + (rest.first.map { "`\(Character(Unicode.Scalar($0)))`" } ?? "end of input")
                )
            }
            _ = takeBlanks()
            guard let next = try integer() else { break }
            count = next
        }
        _ = takeBlanks()
        if rest.starts(with: "ago".utf8) {
            rest = rest.dropFirst(3)
            sum.isNegative = true
        }
        try end(sum)
    }

    /// Reads the rest of a time like `01:02:03` behind the hours.
    private mutating func clock(
        hours: UInt64, _ sum: inout DurationSum
    ) throws(DurationError) {
        try sum.add(hours, nil, .hour)
        for unit in [DurationUnit.minute, .second] {
            guard take(":"), let count = try integer() else {
                throw DurationError(
                    "expected \(unit)s after `:` in a duration like `01:02:03`")
            }
            try sum.add(count, unit == .second ? try fraction([".", ","]) : nil, unit)
        }
    }
}
