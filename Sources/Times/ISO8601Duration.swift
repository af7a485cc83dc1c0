/// Writes and parses ISO 8601 durations, the format that other languages exchange: `PT1.5S`,
/// `PT15M`, `PT26H`.
package enum ISO8601Duration {
    /// Writes a duration exactly. Hours are the largest unit, because a day is not always 24 hours
    /// long.
    package static func text(_ duration: Duration) -> String {
        let (whole, attoseconds) = duration.attoseconds.magnitude
            .quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
        var text = duration < .zero ? "-PT" : "PT"
        if whole >= 3600 { text += "\(whole / 3600)H" }
        if whole / 60 % 60 > 0 { text += "\(whole / 60 % 60)M" }
        guard whole % 60 > 0 || attoseconds != 0 || whole == 0 else { return text }
        text += "\(whole % 60)"
        if attoseconds != 0 {
            let digits = String(attoseconds)
            let zeros = String(repeating: "0", count: 18 - digits.count)
            text += "." + zeros + String(digits.reversed().drop { $0 == "0" }.reversed())
        }
        return text + "S"
    }

    /// Parses weeks, days of 24 hours, hours, minutes, and seconds with a fraction, in this order.
    ///
    /// Returns nil for months and years, whose length varies, and for what does not fit a
    /// `Duration`.
    package static func duration(_ text: UnsafeBufferPointer<UInt8>) -> Duration? {
        var text = TextReader(text)
        let isNegative = text.take("-")
        if !isNegative { _ = text.take("+") }
        guard text.take("P") else { return nil }
        var seconds: Int128 = 0
        var attoseconds: Int64 = 0
        var units: [(letter: Unicode.Scalar, length: Int128)] = [("W", 604_800), ("D", 86_400)]
        var isTime = false
        var hasParts = false
        while !text.isAtEnd {
            if !isTime, text.take("T") {
                isTime = true
                units = [("H", 3600), ("M", 60), ("S", 1)]
                guard !text.isAtEnd else { return nil }
            }
            let isLess = text.take("-")
            guard let number = text.number() else { return nil }
            var fraction: Int64?
            if text.take(".") || text.take(",") {
                fraction = text.fraction()
                guard fraction != nil else { return nil }
            }
            guard let place = units.firstIndex(where: { text.take($0.letter) }) else { return nil }
            let unit = units[place]
            guard fraction == nil || unit.letter == "S" else { return nil }
            units.removeFirst(place + 1)
            seconds += (isLess ? -number : number) * unit.length
            if let fraction { attoseconds = isLess ? -fraction : fraction }
            hasParts = true
        }
        let sign: Int128 = isNegative ? -1 : 1
        guard hasParts, let whole = Int64(exactly: seconds * sign) else { return nil }
        return Duration(
            secondsComponent: whole, attosecondsComponent: attoseconds * Int64(sign))
    }

    package static func duration(_ text: String) -> Duration? {
        var text = text
        return text.withUTF8 { duration($0) }
    }
}
