import Primitives
import RestateProtocol

/// Where an open invocation stands, with what is only known there.
enum Phase: Sendable {
    /// Its time has not come.
    case scheduled(start: IndexedHeap<Deadline>.Token)
    /// Waits for its key, at a place among all that wait for keys.
    case inboxed(sequence: UInt64)
    /// Waits for one of the concurrent attempts.
    case ready
    /// Has an attempt, or has lost it, if the runtime was stored meanwhile and is not awake yet.
    case running(AttemptID?, pauseRequested: Bool)
    case backingOff(retry: IndexedHeap<Deadline>.Token)
    case suspended(on: FutureTree)
    case paused

    /// It has a journal, so that signals reach it.
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

    /// When it goes on by itself.
    var deadline: IndexedHeap<Deadline>.Token? {
        switch self {
        case .scheduled(let token), .backingOff(let token): token
        case .inboxed, .ready, .running, .suspended, .paused: nil
        }
    }
}

/// What is to happen at a time.
enum Deadline: Sendable {
    case start(InvocationIdentity)
    case sleep(InvocationIdentity, UInt32)
    case retry(InvocationIdentity)
    /// Inactivity, and then the abort.
    case attempt(AttemptID)
    /// Who waits may give up the place, if somebody needs it.
    case makeRoom
    case expiry(InvocationIdentity)
}
