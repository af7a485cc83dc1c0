import Primitives

/// Places for those who are ready, from those who only wait.
///
/// A handler that calls another one keeps its place while it waits, and the other one needs a place,
/// too: with all places taken by callers nothing would move until their time-outs. So who only waits
/// suspends, the oldest first, and comes back when there is something to do.
extension LocalRuntime {
    /// So long nothing has gone either way when an attempt counts as one that waits.
    static let waitsAfter: Milliseconds = 100
    /// Attempts that are looked at in one go: the others have their turn with the next one.
    private static let looks = 1000

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

    /// Nothing of its own is under way: no closure runs, and its handler has not been heard for a
    /// while. One that computes instead loses nothing: it suspends when it comes to wait.
    private func onlyWaits(_ attempt: AttemptID, at now: Timestamp) -> Bool {
        guard let id = attempts[attempt]?.invocation, invocations[id]?.journal.openRuns == 0,
            let lastActivity = attempts[attempt]?.lastActivity
        else { return false }
        return lastActivity.later(by: Self.waitsAfter) <= now
    }
}
