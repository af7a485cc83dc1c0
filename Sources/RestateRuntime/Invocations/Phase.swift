import Primitives
import RestateProtocol

/// The state of an open invocation, with the data that exists only in this state.
///
/// ```
/// scheduled ─► inboxed ─► ready ─► running ─► suspended, backingOff or paused ─► ready
/// ```
enum Phase: Sendable {
    /// It waits for the time at which it is to start.
    case scheduled(start: IndexedHeap<Deadline>.Token)
    /// It waits for its key. The number orders everything that waits for keys.
    case inboxed(sequence: UInt64)
    /// It waits for one of the concurrent attempts.
    case ready
    /// It has an attempt. The attempt is nil only between recovery and `wakeUp`, because the
    /// process that had it is gone.
    case running(AttemptID?, pauseRequested: Bool)
    case backingOff(retry: IndexedHeap<Deadline>.Token)
    case suspended(on: FutureTree)
    case paused

    /// Whether it has begun: then it has a journal that signals reach, and can be cancelled by its
    /// handler.
    var isInvoked: Bool {
        switch self {
        case .scheduled, .inboxed: false
        case .ready, .running, .backingOff, .suspended, .paused: true
        }
    }

    var attempt: AttemptID? {
        if case .running(let attempt, _) = self { attempt } else { nil }
    }

    var isPauseRequested: Bool {
        if case .running(_, pauseRequested: true) = self { true } else { false }
    }

    /// The deadline at which it continues by itself. Whoever ends the phase earlier removes it.
    var deadline: IndexedHeap<Deadline>.Token? {
        switch self {
        case .scheduled(let token), .backingOff(let token): token
        case .inboxed, .ready, .running, .suspended, .paused: nil
        }
    }
}

/// What happens at a moment in the future.
enum Deadline: Sendable {
    case start(InvocationIdentity)
    case sleep(InvocationIdentity, UInt32)
    case retry(InvocationIdentity)
    /// The inactivity timeout of an attempt, and after it the abort timeout.
    case attempt(AttemptID)
    /// Another look for waiting attempts that can be suspended, see `makeRoom`.
    case makeRoom
    case expiry(InvocationIdentity)
    /// The end of a journal that goes before its invocation's result does.
    case journalExpiry(InvocationIdentity)
}
