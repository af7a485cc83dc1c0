import Synchronization

/// How long a handler holds the thread that it runs on, as far as it was seen.
///
/// Loops and threads note it side by side, and now and then one of two notes is lost: an estimate can
/// bear that.
final class HandlerPace: Sendable {
    /// Nanoseconds in the upper bits, how often it was noted in the lower ones; 0 at first.
    private let seen = Atomic<UInt64>(0)

    private static let countBits: UInt64 = 16
    private static let countMask: UInt64 = 1 << countBits - 1

    /// With so few notes nothing is known: the first calls also make what is made once.
    private static let unknown: UInt64 = 4
    /// The share of a longer time. What holds a loop up is learnt within a few calls; a single time
    /// in which the system had others run, which looks just the same, is not enough.
    private static let rise: UInt64 = 16
    /// The share of a shorter time: who computes for every hundredth call is not forgotten meanwhile.
    private static let fall: UInt64 = 256
    /// Whoever is that quick is only read here, so that the cores need not hand the estimate around.
    private static let quick: UInt64 = 50_000

    /// The longest that a call holds its thread at a time; nil while nothing is known.
    var hold: Duration? {
        let seen = seen.load(ordering: .relaxed)
        if seen & Self.countMask < Self.unknown { return nil }
        return .nanoseconds(Int64(seen >> Self.countBits))
    }

    /// - Parameter hold: nanoseconds for which a call has held its thread, longer than at any time before.
    func note(_ hold: UInt64) {
        let seen = seen.load(ordering: .relaxed)
        let count = seen & Self.countMask
        let estimate = seen >> Self.countBits
        if count >= Self.fall, hold < Self.quick, estimate < Self.quick { return }
        // The mean at first; later ones count by their share.
        let next = min(count + 1, Self.fall)
        let hold = min(hold, .max >> Self.countBits)
        let changed =
            if hold > estimate {
                estimate + (hold - estimate) / min(next, Self.rise)
            } else {
                estimate - (estimate - hold) / next
            }
        self.seen.store(changed << Self.countBits | next, ordering: .relaxed)
    }
}
