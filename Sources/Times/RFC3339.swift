/// Writes and parses moments such as `2026-11-21T03:00:54.370Z`, from the year 0 to the end of
/// 9999.
///
/// All arithmetic is on integers. Foundation's format uses a binary fraction and prints `.369`
/// here.
package enum RFC3339 {
    /// The number of bytes of every text that `write` makes.
    package static let length = 24

    /// Writes a moment to `target`, which must have space for `length` bytes. Returns false, and
    /// writes nothing, if its year does not have four digits.
    package static func write(
        _ milliseconds: Int64, to target: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard (earliest...latest).contains(milliseconds) else { return false }
        let time = Int((milliseconds - earliest) % dayLength)
        let (year, month, day) = date(Int((milliseconds - earliest) / dayLength))
        let seconds = time / 1000
        let parts =
            [
                (year, 4, "-"), (month, 2, "-"), (day, 2, "T"), (seconds / 3600, 2, ":"),
                (seconds / 60 % 60, 2, ":"), (seconds % 60, 2, "."), (time % 1000, 3, "Z"),
            ] as InlineArray<7, (Int, Int, Unicode.Scalar)>
        var place = 0
        for index in parts.indices {
            var (number, width, end) = parts[index]
            for digit in stride(from: place + width - 1, through: place, by: -1) {
                target[digit] = 0x30 + UInt8(number % 10)
                number /= 10
            }
            target[place + width] = UInt8(ascii: end)
            place += width + 1
        }
        return true
    }

    /// Returns nil for a moment whose year does not have four digits.
    package static func text(signed milliseconds: Int64) -> String? {
        var isWritten = false
        let text = String(unsafeUninitializedCapacity: length) { target in
            guard let start = target.baseAddress else { return 0 }
            isWritten = write(milliseconds, to: start)
            return isWritten ? length : 0
        }
        return isWritten ? text : nil
    }

    /// Moments after `latest` are written as `latest`.
    package static func text(_ milliseconds: UInt64) -> String {
        text(signed: min(Int64(clamping: milliseconds), latest)) ?? ""
    }

    /// A parsed moment: whole seconds since 1970 and a fraction of a second.
    package struct Instant: Equatable, Sendable {
        package var seconds: Int64
        /// Attoseconds, like those of a `Duration`.
        package var fraction: Int64

        package init(seconds: Int64, fraction: Int64) {
            self.seconds = seconds
            self.fraction = fraction
        }
    }

    package static func moment(_ text: some StringProtocol) -> Instant? {
        var text = String(text)
        return text.withUTF8 { moment($0) }
    }

    /// Parses a moment with any offset from UTC and a fraction of any length.
    package static func moment(_ text: UnsafeBufferPointer<UInt8>) -> Instant? {
        var text = TextReader(text)
        guard let year = text.number(4), text.take("-"), let month = text.number(2),
            text.take("-"), let day = text.number(2), text.take("T") || text.take(" "),
            let hour = text.number(2), text.take(":"), let minute = text.number(2),
            text.take(":"), let second = text.number(2)
        else { return nil }
        var fraction: Int64 = 0
        if text.take(".") {
            guard let digits = text.fraction() else { return nil }
            fraction = digits
        }
        var offset = 0
        if !text.take("Z") {
            let isWest = text.take("-")
            guard isWest || text.take("+"), let hours = text.number(2), text.take(":"),
                let minutes = text.number(2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -60 : 60)
        }
        // A leap second counts as the first second of the next minute.
        guard text.isAtEnd, (1...12).contains(month), day >= 1, day <= days(of: month, in: year),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let time = hour * 3600 + minute * 60 + second
        let seconds = daysSince1970(year, month, day) * 86_400 + time - offset
        return Instant(seconds: Int64(seconds), fraction: fraction)
    }

    /// Returns milliseconds since 1970, rounded down, or nil for an invalid text or a moment before
    /// 1970.
    package static func milliseconds(_ text: String) -> UInt64? {
        guard let moment = moment(text), moment.seconds >= 0 else { return nil }
        return UInt64(moment.seconds) * 1000 + UInt64(moment.fraction / 1_000_000_000_000_000)
    }

    // MARK: The calendar

    private static let dayLength: Int64 = 86_400_000
    /// The first millisecond of the year 0; `latest` is the last one of 9999.
    package static let earliest: Int64 = -719_528 * dayLength
    package static let latest: Int64 = 253_402_300_799_999

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Converts a day number to a date. In this function and the next, years begin in March, so
    /// that the leap day is the last day of its year, and an era of 400 years is added, so that
    /// January of the year 0 is not negative.
    private static func date(_ daysSinceYear0: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSinceYear0 - 60 + 146_097
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (
            year + (era - 1) * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * march + 2) / 5 + 1
        )
    }

    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = (month <= 2 ? year - 1 : year) + 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (shifted / 400 - 1) * 146_097 + dayOfEra - 719_468
    }
}
