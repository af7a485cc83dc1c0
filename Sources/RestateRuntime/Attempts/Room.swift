import Primitives

/// Who waits for one of the concurrent attempts, and which attempts may give theirs up.
struct Room: Sendable {
    /// In the order in which they became ready. Some may have ended since.
    private var ready = FIFOQueue<InvocationIdentity>()
    /// Attempts with an open input, in the order in which they began. Some may have ended since.
    private var places = FIFOQueue<AttemptID>()
    /// Those whose input was ended so that they give their place up.
    private var leaving: Set<AttemptID> = []
    /// A deadline says when to look again for those who only wait.
    var isLookPlanned = false
    /// Those who are ready begin right now.
    var isLaunching = false

    var isAnybodyReady: Bool { !ready.isEmpty }
    /// So many places are wanted that nobody is leaving yet.
    var missing: Int { ready.count - leaving.count }
    var placeCount: Int { places.count }

    mutating func enqueue(_ id: InvocationIdentity) { ready.append(id) }

    mutating func popReady() -> InvocationIdentity? { ready.popFirst() }

    mutating func take(_ attempt: AttemptID, among attempts: AttemptTable) {
        places.append(attempt)
        // Those that have ended stay in the queue until there are too many of them.
        guard places.count > 2 * attempts.count + 1000 else { return }
        let open = places.waiting.filter(attempts.contains)
        places = FIFOQueue()
        for attempt in open { places.append(attempt) }
    }

    /// The oldest place, which is behind all others if it is put back.
    mutating func popPlace() -> AttemptID? { places.popFirst() }

    mutating func putBack(_ attempt: AttemptID) { places.append(attempt) }

    mutating func leaves(_ attempt: AttemptID) { leaving.insert(attempt) }

    mutating func hasLeft(_ attempt: AttemptID) { leaving.remove(attempt) }
}
