import Primitives

/// Frees places among the concurrent attempts when ready invocations need them.
///
/// A handler that calls another one keeps its place while it waits, and the callee needs a place as
/// well: with all places taken by callers nothing would move until the inactivity timeout. So
/// attempts that only wait are suspended, the oldest first, and resume when what they wait for has
/// come.
extension LocalRuntime {
    /// An attempt counts as waiting when no bytes have gone in either direction for this long.
    static let waitsAfter: Milliseconds = 100
    /// The most attempts that are examined in one call, to bound its time. The others follow in the
    /// next one.
    private static let looks = 1000

    /// Suspends as many waiting attempts as there are ready invocations without a place. If there
    /// are too few, it runs again after `waitsAfter`.
    mutating func makeRoom(at now: Timestamp) {
        guard room.isAnybodyReady, attempts.count >= settings.concurrentAttempts else { return }
        var missing = room.missing
        for _ in 0..<min(Self.looks, room.placeCount) where missing > 0 {
            guard let attempt = room.popPlace(), attempts[attempt]?.inputIsOpen == true else {
                continue
            }
            guard onlyWaits(attempt, at: now) else {
                room.putBack(attempt)
                continue
            }
            endInput(of: attempt, at: now)
            room.leaves(attempt)
            missing -= 1
        }
        if missing > 0, !room.isLookPlanned {
            room.isLookPlanned = true
            _ = deadlines.add(.makeRoom, at: now.later(by: Self.waitsAfter))
        }
    }

    /// Whether an attempt seems to wait: none of its runs is open, and it was silent for a while.
    /// One that computes in silence is not harmed by the wrong guess, because it suspends only when
    /// it comes to wait.
    private func onlyWaits(_ attempt: AttemptID, at now: Timestamp) -> Bool {
        guard let id = attempts[attempt]?.invocation, invocations[id]?.journal.openRuns == 0,
            let lastActivity = attempts[attempt]?.lastActivity
        else { return false }
        return lastActivity.later(by: Self.waitsAfter) <= now
    }
}
