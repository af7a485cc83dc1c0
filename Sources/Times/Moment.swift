/// Bounds for moments and spans of time, in milliseconds since 1970 as the protocol counts them.
package enum Moment {
    /// The end of the year 9999. Later moments have no RFC 3339 text, so neither the CLI nor SQL
    /// could show them.
    package static let latest: UInt64 = 253_402_300_799_999

    /// The longest span that a server can represent, 19,998 years. A longer one makes its task
    /// fail.
    package static let longestSpan: UInt64 = 631_107_417_600_000

    /// Returns a moment in milliseconds, not before 1970 and not later than `latest`. It is never
    /// zero, which means "now" where a call has its time.
    package static func at(secondsSince1970 seconds: Double) -> UInt64 {
        let milliseconds = (seconds * 1000).rounded()
        return milliseconds < Double(latest) ? UInt64(max(milliseconds, 1)) : latest
    }

    /// Adds a delay to `now`. The result is at most `latest`.
    package static func after(_ delay: Duration, from now: UInt64) -> UInt64 {
        let (sum, overflow) = now.addingReportingOverflow(delay.millisecondsRoundedDown)
        return overflow ? latest : min(sum, latest)
    }
}
