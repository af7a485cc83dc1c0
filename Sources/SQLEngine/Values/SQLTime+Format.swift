/// Texts and parts of moments for `to_char`, `date_part`, `date_trunc` and `date_bin`.
extension SQLTime {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    /// Formats the moment in the way of `strftime`. Returns nil if the format has an unknown part.
    func formatted(_ format: String) -> String? {
        var text = ""
        var rest = Substring(format)
        while let character = rest.popFirst() {
            guard character == "%" else {
                text.append(character)
                continue
            }
            guard var part = rest.popFirst() else { return nil }
            var isUnpadded = false
            if part == "-", let next = rest.popFirst() {
                isUnpadded = true
                part = next
            }
            if part == "." || part.isNumber {
                let isPoint = part == "."
                var digits = isPoint ? nil : part.wholeNumberValue
                guard var next = isPoint ? rest.popFirst() : rest.popFirst() else { return nil }
                if isPoint, let number = next.wholeNumberValue {
                    digits = number
                    guard let last = rest.popFirst() else { return nil }
                    next = last
                }
                guard next == "f" else { return nil }
                text += fraction(digits: digits, point: isPoint)
                continue
            }
            guard var value = self.part(part) else { return nil }
            if isUnpadded {
                while value.count > 1, value.first == "0" { value.removeFirst() }
            }
            text += value
        }
        return text
    }

    private func fraction(digits: Int?, point: Bool) -> String {
        let all = Self.padded(fraction * 1000, 9)
        if let digits { return (point ? "." : "") + all.prefix(min(digits, 9)) }
        return fractionText
    }

    private func part(_ letter: Character) -> String? {
        func two(_ number: Int64) -> String { Self.padded(number, 2) }
        let half = hour % 12 == 0 ? 12 : hour % 12
        return switch letter {
        case "Y": Self.padded(year, 4)
        case "C": two(year / 100)
        case "y": two(Self.divided(year, by: 100).rest)
        case "m": two(month)
        case "d": two(dayOfMonth)
        case "e": dayOfMonth < 10 ? " \(dayOfMonth)" : "\(dayOfMonth)"
        case "H": two(hour)
        case "k": hour < 10 ? " \(hour)" : "\(hour)"
        case "I": two(half)
        case "l": half < 10 ? " \(half)" : "\(half)"
        case "M": two(minute)
        case "S": two(second)
        case "f": Self.padded(fraction * 1000, 9)
        case "p": hour < 12 ? "AM" : "PM"
        case "P": hour < 12 ? "am" : "pm"
        case "B": Self.months[Int(month) - 1]
        case "b", "h": String(Self.months[Int(month) - 1].prefix(3))
        case "A": Self.weekdays[Int(weekday) - 1]
        case "a": String(Self.weekdays[Int(weekday) - 1].prefix(3))
        case "j": Self.padded(dayOfYear, 3)
        case "u": "\(weekday)"
        case "w": "\(weekday % 7)"
        case "G": Self.padded(isoWeek.year, 4)
        case "V": two(isoWeek.week)
        case "U": two((dayOfYear + 6 - weekday % 7) / 7)
        case "W": two((dayOfYear + 7 - weekday) / 7)
        case "F": dateText
        case "T", "X": clockText
        case "R": "\(two(hour)):\(two(minute))"
        case "D", "x": "\(two(month))/\(two(dayOfMonth))/\(two(Self.divided(year, by: 100).rest))"
        case "Z": "UTC"
        case "z": "+0000"
        case "s": moment.map { "\(Self.divided($0, by: Self.second).quotient)" }
        case "n": "\n"
        case "t": "\t"
        case "%": "%"
        default: nil
        }
    }

    /// Returns a part of the moment as a number; nil if there is no such part.
    func value(of part: String) -> SQLValue? {
        let number: Int64
        switch part.lowercased() {
        case "year", "years": number = year
        case "quarter": number = (month - 1) / 3 + 1
        case "month", "months": number = month
        case "week": number = isoWeek.week
        case "day", "days": number = dayOfMonth
        case "hour", "hours": number = hour
        case "minute", "minutes": number = minute
        case "second", "seconds": number = second
        case "millisecond", "milliseconds": number = second * 1000 + fraction / 1000
        case "microsecond", "microseconds": number = second * 1_000_000 + fraction
        case "nanosecond", "nanoseconds": number = (second * 1_000_000 + fraction) * 1000
        case "dow": number = weekday % 7
        case "isodow": number = weekday - 1
        case "doy": number = dayOfYear
        case "epoch": return moment.map { .real(Double($0) / 1e6) }
        default: return nil
        }
        return .integer(number)
    }

    /// Returns the beginning of the hour, the month and so on; nil if there is no such unit.
    func truncated(to unit: String) -> SQLTime? {
        var time = self
        func cut(_ unit: Int64) { time.microseconds -= time.microseconds % unit }
        switch unit.lowercased() {
        case "microsecond": return time
        case "millisecond": cut(1000)
        case "second": cut(Self.second)
        case "minute": cut(60 * Self.second)
        case "hour": cut(3600 * Self.second)
        case "day": cut(Self.day)
        case "week": time = SQLTime(days: days - weekday + 1)
        case "month": time = SQLTime(year: year, month: month, day: 1)
        case "quarter": time = SQLTime(year: year, month: (month - 1) / 3 * 3 + 1, day: 1)
        case "year": time = SQLTime(year: year, month: 1, day: 1)
        default: return nil
        }
        return time
    }

    /// Returns the beginning of the bin in which a moment lies, counted from an origin. Returns nil
    /// if the stride is not positive, or mixes months with other units.
    static func bin(_ stride: SQLInterval, _ moment: Int64, origin: Int64) -> Int64? {
        if stride.months != 0 {
            guard stride.months > 0, stride.days == 0, stride.nanoseconds == 0 else { return nil }
            let (start, time) = (SQLTime(origin), SQLTime(moment))
            let distance = (time.year - start.year) * 12 + time.month - start.month
            let bins = divided(distance, by: stride.months).quotient
            let begin = start.adding(months: bins * stride.months)
            guard let found = begin.moment, found > moment else { return begin.moment }
            return start.adding(months: (bins - 1) * stride.months).moment
        }
        let (days, overflow) = stride.days.multipliedReportingOverflow(by: day)
        let (width, overflow2) = days.addingReportingOverflow(stride.nanoseconds / 1000)
        guard !overflow, !overflow2, width > 0 else { return nil }
        let (distance, overflow3) = moment.subtractingReportingOverflow(origin)
        return overflow3 ? nil : origin + divided(distance, by: width).quotient * width
    }
}
