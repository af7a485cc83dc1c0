/// Parses HTTP's header `retry-after`: a number of seconds, or a date. Foundation's format style for HTTP
/// dates is not part of the toolchain's version (6.3).
package enum RetryAfter {
    /// Returns the delay from `now`, which is in milliseconds since 1970, in milliseconds; nil if the text
    /// is neither a number nor a date.
    package static func delay(_ text: String, at now: UInt64) -> UInt64? {
        if let seconds = UInt64(text) {
            let (delay, overflow) = seconds.multipliedReportingOverflow(by: 1000)
            return overflow ? .max : delay
        }
        guard let moment = moment(text) else { return nil }
        return moment > now ? moment - now : 0
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Parses `Wed, 21 Oct 2026 07:28:00 GMT`, also with an offset such as `+0200` at the end.
    private static func moment(_ text: String) -> UInt64? {
        let words = text.split(separator: " ")
        guard words.count == 6, let month = months.firstIndex(of: String(words[2])),
            let offset = offset(words[5])
        else { return nil }
        func padded(_ text: some StringProtocol) -> String {
            String(repeating: "0", count: max(0, 2 - text.count)) + text
        }
        let date = "\(words[3])-\(padded("\(month + 1)"))-\(padded(words[1]))T\(words[4])Z"
        guard let moment = RFC3339.milliseconds(date) else { return nil }
        let utc = Int64(clamping: moment) - offset * 60_000
        return utc >= 0 ? UInt64(utc) : nil
    }

    /// Returns the minutes east of UTC.
    private static func offset(_ zone: Substring) -> Int64? {
        if ["GMT", "UT", "UTC", "Z"].contains(zone) { return 0 }
        let digits = zone.dropFirst()
        guard zone.hasPrefix("+") || zone.hasPrefix("-"), digits.count == 4,
            digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let hours = Int64(digits.prefix(2)), let minutes = Int64(digits.suffix(2))
        else { return nil }
        return (hours * 60 + minutes) * (zone.hasPrefix("-") ? -1 : 1)
    }
}
