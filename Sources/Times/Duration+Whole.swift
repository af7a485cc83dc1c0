/// Converts between durations and whole numbers; no other code in the project does.
///
/// The name says how the result is rounded, and nothing traps: negative durations become zero, and
/// durations that do not fit become the largest number.
extension Duration {
    package var millisecondsRoundedDown: UInt64 { whole(perSecond: 1000, roundingUp: false) }

    /// Never less than the duration, for waits that another process carries out.
    package var millisecondsRoundedUp: UInt64 { whole(perSecond: 1000, roundingUp: true) }

    package var nanosecondsRoundedDown: UInt64 {
        whole(perSecond: 1_000_000_000, roundingUp: false)
    }

    package init(milliseconds: UInt64) {
        self = .milliseconds(Int64(clamping: milliseconds))
    }

    private func whole(perSecond: Int64, roundingUp: Bool) -> UInt64 {
        guard self > .zero else { return 0 }
        // `components` traps if the seconds of a longer duration do not fit its type.
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
    /// The duration in seconds, with the precision of a `Double`.
    package var doubleSeconds: Double {
        Double(attoseconds) * 1e-18
    }

    /// Computes an exponential backoff: this duration, multiplied `times` times by `factor`.
    ///
    /// The result lies between zero and `ceiling` for any arguments, because programs choose them.
    /// If the product is not a number, it is the ceiling.
    package func grown(by factor: Double, times: Int, atMost ceiling: Duration) -> Duration {
        let ceiling = max(ceiling, .zero)
        let initial = min(max(self, .zero), ceiling)
        guard times > 0, factor != 1, initial > .zero else { return initial }
        let seconds = initial.doubleSeconds * power(factor < 0 ? 0 : factor, times)
        guard seconds < ceiling.doubleSeconds else { return ceiling }
        return .microseconds(Int64(clamping: Int128((seconds * 1e6).rounded())))
    }
}

/// Uses repeated squaring, because the exponent counts failures and may become large.
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
