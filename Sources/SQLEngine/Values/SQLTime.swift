/// A moment as calendar fields, in UTC and the proleptic Gregorian calendar.
struct SQLTime {
    static let second: Int64 = 1_000_000
    static let day: Int64 = 86_400 * second

    var year: Int64
    var month: Int64
    var dayOfMonth: Int64
    /// The microseconds since midnight.
    var microseconds: Int64 = 0

    init(year: Int64, month: Int64, day: Int64, microseconds: Int64 = 0) {
        self.year = year
        self.month = month
        dayOfMonth = day
        self.microseconds = microseconds
    }

    /// Splits microseconds since 1970 into fields.
    init(_ moment: Int64) {
        let (days, rest) = Self.divided(moment, by: Self.day)
        self.init(days: days)
        microseconds = rest
    }

    /// Splits days since 1970 into fields. Years begin with March here, so that a leap year's extra
    /// day is the last one.
    init(days: Int64) {
        let (era, dayOfEra) = Self.divided(days + 719_468, by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        dayOfMonth = dayOfYear - (153 * march + 2) / 5 + 1
        month = march < 10 ? march + 3 : march - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var days: Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = Self.divided(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The microseconds since 1970; nil if they do not fit into 64 bits.
    var moment: Int64? {
        let (days, overflow) = days.multipliedReportingOverflow(by: Self.day)
        let (moment, overflow2) = days.addingReportingOverflow(microseconds)
        return overflow || overflow2 ? nil : moment
    }

    /// The day of the week, from 1 for Monday to 7.
    var weekday: Int64 { Self.divided(days + 3, by: 7).rest + 1 }
    var dayOfYear: Int64 { days - SQLTime(year: year, month: 1, day: 1).days + 1 }

    /// The ISO week: its number, and the year in which most of it lies.
    var isoWeek: (year: Int64, week: Int64) {
        let thursday = SQLTime(days: days - weekday + 4)
        return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
    }

    var hour: Int64 { microseconds / (3600 * Self.second) }
    var minute: Int64 { microseconds / (60 * Self.second) % 60 }
    var second: Int64 { microseconds / Self.second % 60 }
    var fraction: Int64 { microseconds % Self.second }

    /// Divides with rounding down, so that the remainder is never negative.
    static func divided(_ number: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    static func length(ofMonth month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Adds months. A day that the resulting month does not have becomes its last day.
    func adding(months: Int64) -> SQLTime {
        let (years, month) = Self.divided(year * 12 + self.month - 1 + months, by: 12)
        var time = self
        time.year = years
        time.month = month + 1
        time.dayOfMonth = min(dayOfMonth, Self.length(ofMonth: time.month, in: years))
        return time
    }

    // MARK: Arithmetic

    /// Adds or subtracts an interval: months first, then days, then the time. Returns nil on
    /// overflow.
    static func sum(_ moment: Int64, _ interval: SQLInterval, sign: Int64) -> Int64? {
        var time = SQLTime(moment)
        guard interval.months.magnitude < 1 << 31, interval.days.magnitude < 1 << 31 else {
            return nil
        }
        time = time.adding(months: interval.months * sign)
        guard let start = time.moment else { return nil }
        let (days, overflow) = (interval.days * sign).multipliedReportingOverflow(by: day)
        let (later, overflow2) = start.addingReportingOverflow(days)
        let (end, overflow3) = later.addingReportingOverflow(interval.nanoseconds / 1000 * sign)
        return overflow || overflow2 || overflow3 ? nil : end
    }

    // MARK: Texts

    /// The text `2024-01-02T03:04:05`, with a fraction if there is one.
    func text(zoned: Bool) -> String {
        "\(dateText)T\(clockText)\(fractionText)\(zoned ? "Z" : "")"
    }

    var dateText: String {
        (year < 0 ? "-" : "") + Self.padded(abs(year), 4) + "-" + Self.padded(month, 2) + "-"
            + Self.padded(dayOfMonth, 2)
    }

    var clockText: String {
        [hour, minute, second].map { Self.padded($0, 2) }.joined(separator: ":")
    }

    var fractionText: String {
        if fraction == 0 { return "" }
        return fraction % 1000 == 0
            ? "." + Self.padded(fraction / 1000, 3) : "." + Self.padded(fraction, 6)
    }

    static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// The text of a duration in ISO 8601, such as `PT86400S`; zero is `P0D`.
    static func text(ofDuration microseconds: Int64) -> String {
        if microseconds == 0 { return "P0D" }
        let (seconds, rest) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var fraction = rest == 0 ? "" : "." + padded(Int64(rest), 6)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(microseconds < 0 ? "-" : "")PT\(seconds)\(fraction)S"
    }

    // MARK: Reading

    /// Parses a date, optionally with a time of day and a zone.
    static func moment(_ text: String) -> Int64? {
        var reader = Reader(text)
        guard var time = reader.date() else { return nil }
        if reader.isAtEnd { return time.moment }
        guard reader.takes("T") || reader.takes("t") || reader.takes(" "),
            let clock = reader.clock()
        else { return nil }
        time.microseconds = clock
        var offset: Int64 = 0
        _ = reader.takes(" ")
        if !reader.isAtEnd, !(reader.takes("Z") || reader.takes("z") || reader.takesWord("UTC")) {
            guard let zone = reader.zone() else { return nil }
            offset = zone
        }
        guard reader.isAtEnd, let moment = time.moment else { return nil }
        return moment.subtractingReportingOverflow(offset).partialValue
    }

    static func days(_ text: String) -> Int64? {
        var reader = Reader(text)
        return reader.date().map(\.days)
    }

    /// Reads digits and signs from the left.
    struct Reader {
        private let bytes: [UInt8]
        private var index = 0

        init(_ text: String) {
            bytes = Array(text.utf8.drop { $0 == 0x20 })
        }

        var isAtEnd: Bool { bytes[index...].allSatisfy { $0 == 0x20 } }

        mutating func takes(_ sign: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: sign) else { return false }
            index += 1
            return true
        }

        mutating func takesWord(_ word: String) -> Bool {
            guard bytes[index...].starts(with: word.utf8) else { return false }
            index += word.utf8.count
            return true
        }

        mutating func digits(_ count: ClosedRange<Int>) -> Int64? {
            var number: Int64 = 0
            let start = index
            while index < bytes.count, index - start < count.upperBound,
                (48...57).contains(bytes[index])
            {
                number = number * 10 + Int64(bytes[index]) - 48
                index += 1
            }
            return index - start < count.lowerBound ? nil : number
        }

        mutating func date() -> SQLTime? {
            guard let year = digits(4...5), takes("-"), let month = digits(1...2), takes("-"),
                let day = digits(1...2), (1...12).contains(month),
                (1...SQLTime.length(ofMonth: month, in: year)).contains(day)
            else { return nil }
            return SQLTime(year: year, month: month, day: day)
        }

        mutating func clock() -> Int64? {
            guard let hour = digits(1...2), hour < 24 else { return nil }
            var seconds = hour * 3600
            var fraction: Int64 = 0
            if takes(":") {
                guard let minute = digits(2...2), minute < 60 else { return nil }
                seconds += minute * 60
                if takes(":") {
                    guard let second = digits(2...2), second < 60 else { return nil }
                    seconds += second
                    if takes(".") {
                        let start = index
                        guard let digits = digits(1...6) else { return nil }
                        fraction = digits
                        for _ in 0..<(6 - (index - start)) { fraction *= 10 }
                        _ = self.digits(0...12)
                    }
                }
            }
            return seconds * SQLTime.second + fraction
        }

        /// Reads `+01:00`, `-0130` or `+01`.
        mutating func zone() -> Int64? {
            let isWest = takes("-")
            guard isWest || takes("+"), let hours = digits(2...2), hours < 24 else { return nil }
            _ = takes(":")
            let minutes = digits(2...2) ?? 0
            return (hours * 3600 + minutes * 60) * SQLTime.second * (isWest ? -1 : 1)
        }
    }
}

extension SQLInterval {
    /// Parses texts such as `1 hour`, `1 day 02:30` or `-5 minutes`; nil for any other.
    init?(_ text: String) {
        self.init()
        let words = text.lowercased().split { $0 == " " || $0 == "," }.map(String.init)
        guard !words.isEmpty, words.count <= 40 else { return nil }
        var index = 0
        while index < words.count {
            var word = words[index]
            index += 1
            if word.contains(":") {
                var reader = SQLTime.Reader(word)
                let isNegative = reader.takes("-")
                guard let clock = reader.clock(), reader.isAtEnd else { return nil }
                add(Double(clock) * (isNegative ? -1 : 1) * 1000, to: \.nanoseconds)
                continue
            }
            // The unit can follow without a space, as in `5m`.
            let number = word.prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
            guard let amount = Double(number), amount.isFinite, abs(amount) < 1e12 else {
                return nil
            }
            word.removeFirst(number.count)
            if word.isEmpty {
                word = index < words.count ? words[index] : "seconds"
                index += 1
            }
            guard add(amount, of: word) else { return nil }
        }
    }

    private mutating func add(_ amount: Double, of unit: String) -> Bool {
        let unit = unit.count > 2 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit
        switch unit {
        case "century", "centurie", "c": add(amount * 1200, to: \.months)
        case "decade", "dec": add(amount * 120, to: \.months)
        case "year", "yr", "y": add(amount * 12, to: \.months)
        case "month", "mon": add(amount, to: \.months)
        case "week", "w": addDays(amount * 7)
        case "day", "d": addDays(amount)
        case "hour", "hr", "h": add(amount * 3600e9, to: \.nanoseconds)
        case "minute", "min", "m": add(amount * 60e9, to: \.nanoseconds)
        case "second", "sec", "s": add(amount * 1e9, to: \.nanoseconds)
        case "millisecond", "msec", "ms", "millisecon": add(amount * 1e6, to: \.nanoseconds)
        case "microsecond", "usec", "us": add(amount * 1e3, to: \.nanoseconds)
        case "nanosecond", "nsec", "ns": add(amount, to: \.nanoseconds)
        default: return false
        }
        return true
    }

    private mutating func addDays(_ amount: Double) {
        add(amount.rounded(.towardZero), to: \.days)
        add((amount - amount.rounded(.towardZero)) * 86_400e9, to: \.nanoseconds)
    }

    private mutating func add(_ amount: Double, to part: WritableKeyPath<SQLInterval, Int64>) {
        // Larger amounts are clamped, which no moment can reach anyway.
        let most = Double(Int64.max / 4)
        let sum = max(-most, min(most, Double(self[keyPath: part]) + amount.rounded()))
        self[keyPath: part] = Int64(sum)
    }

    /// The text of a result, such as `1 mons 2 days 3 hours`.
    var text: String {
        var parts: [String] = []
        if months != 0 { parts.append("\(months) mons") }
        if days != 0 { parts.append("\(days) days") }
        let sign = nanoseconds < 0 ? "-" : ""
        let (seconds, fraction) = nanoseconds.magnitude.quotientAndRemainder(
            dividingBy: 1_000_000_000)
        if seconds >= 3600 { parts.append("\(sign)\(seconds / 3600) hours") }
        if seconds / 60 % 60 != 0 { parts.append("\(sign)\(seconds / 60 % 60) mins") }
        if seconds % 60 != 0 || fraction != 0 {
            let rest = fraction == 0 ? "" : "." + SQLTime.padded(Int64(fraction), 9)
            parts.append("\(sign)\(seconds % 60)\(rest) secs")
        }
        return parts.joined(separator: " ")
    }

    /// The name that the server gives a column with only this literal.
    var name: String {
        "IntervalMonthDayNano(\"IntervalMonthDayNano { months: \(months), days: \(days), "
            + "nanoseconds: \(nanoseconds) }\")"
    }
}
