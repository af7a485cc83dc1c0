import Primitives
import RestateProtocol

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

    mutating func takePlace(_ attempt: AttemptID) {
        places.append(attempt)
        // Those that have ended stay in the queue until there are too many of them.
        guard places.count > 2 * attempts.count + 1000 else { return }
        let open = places.waiting.filter { attempts[$0] != nil }
        places = FIFOQueue()
        for attempt in open { places.append(attempt) }
    }

    mutating func makeRoom(at now: Timestamp) {
        guard !ready.isEmpty, attempts.count >= settings.concurrentAttempts else { return }
        var missing = ready.count - leaving.count
        for _ in 0..<min(Self.looks, places.count) where missing > 0 {
            guard let attempt = places.popFirst(), let id = attempts[attempt],
                invocations[id]?.attempt?.inputIsOpen == true
            else { continue }
            guard onlyWaits(id, at: now) else {
                places.append(attempt)
                continue
            }
            endInput(of: id)
            invocations[id]?.attempt?.lastActivity = now
            leaving.insert(attempt)
            missing -= 1
        }
        if missing > 0, !isRoomPlanned {
            isRoomPlanned = true
            _ = deadlines.add(.makeRoom, at: now.later(by: Self.waitsAfter))
        }
    }

    /// Nothing of its own is under way: no closure runs, and its handler has not been heard for a
    /// while. One that computes instead loses nothing: it suspends when it comes to wait.
    private func onlyWaits(_ id: InvocationIdentity, at now: Timestamp) -> Bool {
        guard let invocation = invocations[id], let attempt = invocation.attempt,
            invocation.openRuns == 0
        else { return false }
        return attempt.lastActivity.later(by: Self.waitsAfter) <= now
    }
}
