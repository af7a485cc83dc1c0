/// Moments as text: `2026-11-21T03:00:54.370Z`.
enum RFC3339 {
    /// With nine digits, as a server writes what it has counted itself: `…:54.370000000Z`.
    static func longText(_ milliseconds: UInt64) -> String {
        text(milliseconds).dropLast() + "000000Z"
    }

    /// With an offset in place of the letter, as a server writes it in headers: `…:54.370+00:00`.
    static func headerText(_ milliseconds: UInt64) -> String {
        text(milliseconds).dropLast() + "+00:00"
    }

    /// The last moment that has four digits for its year.
    static let last: UInt64 = 253_402_300_799_999

    static func text(_ milliseconds: UInt64) -> String {
        let (day, time) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let (year, month, dayOfMonth) = date(Int(clamping: day))
        let seconds = Int(time / 1000)
        let parts = [
            padded(year, 4), "-", padded(month, 2), "-", padded(dayOfMonth, 2), "T",
            padded(seconds / 3600, 2), ":", padded(seconds / 60 % 60, 2), ":",
            padded(seconds % 60, 2), ".", padded(Int(time % 1000), 3), "Z",
        ]
        return parts.joined()
    }

    /// The moment that a text of this form means.
    static func milliseconds(_ text: String) -> UInt64? {
        let digits = text.utf8.map { $0 >= 48 && $0 <= 57 ? Int($0) - 48 : -1 }
        guard digits.count >= 20 else { return nil }
        func number(_ range: Range<Int>) -> Int {
            digits[range].reduce(0) { $0 < 0 || $1 < 0 ? -1 : $0 * 10 + $1 }
        }
        let year = number(0..<4), month = number(5..<7), day = number(8..<10)
        let hour = number(11..<13), minute = number(14..<16), second = number(17..<19)
        let fraction = digits.count >= 24 ? max(0, number(20..<23)) : 0
        guard year >= 1970, (1...12).contains(month), day > 0, hour >= 0, minute >= 0, second >= 0
        else { return nil }
        let days = daysSince1970(year, month, day)
        return UInt64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + UInt64(fraction)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    // Years are counted from March here, so that the day that a leap year has more comes last.

    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (
            year + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1
        )
    }

    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return shifted / 400 * 146_097 + dayOfEra - 719_468
    }
}
