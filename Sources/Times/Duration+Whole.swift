/// The project's only way between durations and whole numbers. The rounding stands in the name, and
/// nothing traps: what is negative becomes zero, and what does not fit the nearest that does.
extension Duration {
    package var millisecondsRoundedDown: UInt64 { whole(perSecond: 1000, roundingUp: false) }

    /// Not less than was asked for: for waits that somebody else does.
    package var millisecondsRoundedUp: UInt64 { whole(perSecond: 1000, roundingUp: true) }

    package var nanosecondsRoundedDown: UInt64 {
        whole(perSecond: 1_000_000_000, roundingUp: false)
    }

    package init(milliseconds: UInt64) {
        self = .milliseconds(Int64(clamping: milliseconds))
    }

    private func whole(perSecond: Int64, roundingUp: Bool) -> UInt64 {
        guard self > .zero else { return 0 }
        // The components of a longer one do not fit their types: asking for them traps.
        guard self <= .milliseconds(Int64.max) else { return .max }
        let (seconds, attoseconds) = components
        let unit = 1_000_000_000_000_000_000 / perSecond
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: UInt64(perSecond))
        let rest = UInt64(attoseconds / unit) + (roundingUp && attoseconds % unit > 0 ? 1 : 0)
        let (sum, tooMuch) = whole.addingReportingOverflow(rest)
        return overflow || tooMuch ? .max : sum
    }
}

extension Duration {
    /// In seconds, to the precision of a `Double`.
    package var doubleSeconds: Double {
        Double(attoseconds) * 1e-18
    }

    /// A wait that grows: this one times `factor` as often as there were failures before the last.
    /// It is never more than `ceiling` and never less than nothing, whatever a program says: what is
    /// no number ends at the ceiling.
    package func grown(by factor: Double, times: Int, atMost ceiling: Duration) -> Duration {
        let ceiling = max(ceiling, .zero)
        let initial = min(max(self, .zero), ceiling)
        guard times > 0, factor != 1, initial > .zero else { return initial }
        let seconds = initial.doubleSeconds * power(factor < 0 ? 0 : factor, times)
        guard seconds < ceiling.doubleSeconds else { return ceiling }
        return .microseconds(Int64(clamping: Int128((seconds * 1e6).rounded())))
    }
}

/// By squares, so that a million failures take no longer than twenty.
private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
