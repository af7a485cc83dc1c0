import Primitives

/// The queue for the concurrent attempts, and the attempts that can be suspended to make room.
struct Room: Sendable {
    /// The invocations that wait for a place, in the order in which they became ready. Some may
    /// have ended since.
    private var ready = FIFOQueue<InvocationIdentity>()
    /// The attempts with an open input, in the order in which they began. Some may have ended
    /// since.
    private var places = FIFOQueue<AttemptID>()
    /// The attempts whose input was ended to free their place, and which have not suspended yet.
    private var leaving: Set<AttemptID> = []
    /// Whether a deadline is set at which `makeRoom` runs again.
    var isLookPlanned = false
    /// Whether `launchReady` is running; a call from within it returns at once.
    var isLaunching = false

    var isAnybodyReady: Bool { !ready.isEmpty }
    /// How many more places are needed than are about to become free.
    var missing: Int { ready.count - leaving.count }
    var placeCount: Int { places.count }

    mutating func enqueue(_ id: InvocationIdentity) { ready.append(id) }

    mutating func popReady() -> InvocationIdentity? { ready.popFirst() }

    /// Notes an attempt that can be suspended. Ended attempts are removed from the queue only when
    /// they are the larger part of it, which keeps the cost per attempt constant.
    mutating func take(_ attempt: AttemptID, among attempts: AttemptTable) {
        places.append(attempt)
        guard places.count > 2 * attempts.count + 1000 else { return }
        let open = places.waiting.filter(attempts.contains)
        places = FIFOQueue()
        for attempt in open { places.append(attempt) }
    }

    /// Takes the attempt that was looked at longest ago. `putBack` puts it behind all others.
    mutating func popPlace() -> AttemptID? { places.popFirst() }

    mutating func putBack(_ attempt: AttemptID) { places.append(attempt) }

    mutating func leaves(_ attempt: AttemptID) { leaving.insert(attempt) }

    mutating func hasLeft(_ attempt: AttemptID) { leaving.remove(attempt) }
}
