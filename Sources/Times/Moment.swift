/// Moments in milliseconds since 1970, as the protocol counts them.
package enum Moment {
    /// The end of the year 9999: what comes later has no text, so that neither the CLI nor SQL can
    /// show it.
    package static let latest: UInt64 = 253_402_300_799_999

    /// The longest time that a server can write down, 19,998 years: a longer one ends its task.
    package static let longestSpan: UInt64 = 631_107_417_600_000

    /// A delay from now on, the latest moment at most.
    package static func after(_ delay: Duration, from now: UInt64) -> UInt64 {
        let (sum, overflow) = now.addingReportingOverflow(delay.millisecondsRoundedDown)
        return overflow ? latest : min(sum, latest)
    }
}
