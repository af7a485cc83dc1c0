import Synchronization

/// Estimates for how long a handler holds its thread.
///
/// All loops and threads update the estimate without a lock. An update may be lost, which an
/// estimate can bear.
package final class HandlerPace: Sendable {
    /// The mean in nanoseconds in the upper bits, and the number of notes in the lower ones.
    private let seen = Atomic<UInt64>(0)

    private static let countBits: UInt64 = 16
    private static let countMask: UInt64 = 1 << countBits - 1

    /// With fewer notes the estimate is unknown, because the first calls also fill caches.
    private static let unknown: UInt64 = 4
    /// The weight of a longer time is a sixteenth: a handler that computes is recognised within a
    /// few calls, but not by a single time in which the system ran other threads, which looks the
    /// same.
    private static let rise: UInt64 = 16
    /// The weight of a shorter time is smaller, so that a handler that computes in every hundredth
    /// call stays recognised in between.
    private static let fall: UInt64 = 256
    /// A time below 50 µs that does not change the estimate is not written, so that the cores need
    /// not exchange the cache line.
    private static let quick: UInt64 = 50_000

    /// The longest time for which a call holds its thread; nil while unknown.
    package var hold: Duration? {
        let seen = seen.load(ordering: .relaxed)
        if seen & Self.countMask < Self.unknown { return nil }
        return .nanoseconds(Int64(seen >> Self.countBits))
    }

    /// Whether the handler has been quick for so long that it is measured only while its loop is
    /// watched.
    var isQuick: Bool {
        let seen = seen.load(ordering: .relaxed)
        return seen & Self.countMask >= Self.fall && seen >> Self.countBits < Self.quick
    }

    /// - Parameter hold: the nanoseconds for which a call has held its thread, longer than any
    ///   earlier turn of that call.
    func note(_ hold: UInt64) {
        let seen = seen.load(ordering: .relaxed)
        let count = seen & Self.countMask
        let estimate = seen >> Self.countBits
        if count >= Self.fall, hold < Self.quick, estimate < Self.quick { return }
        // The first notes are averaged; later ones count by their weight.
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
