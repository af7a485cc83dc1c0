import Primitives
import RestateProtocol

/// An invocation that has not ended.
struct OpenInvocation: Sendable {
    enum Status: Sendable {
        /// Its time has not come.
        case scheduled
        /// Waits for the key.
        case inboxed
        /// Waits for one of the concurrent attempts.
        case ready
        case running
        case backingOff
        case suspended
        case paused
    }

    /// An invocation with its number: an id comes again when its invocation was forgotten and is
    /// called anew, and that one has asked nothing yet.
    struct Asker: Equatable, Sendable {
        var id: InvocationIdentity
        var serial: UInt64
    }

    /// Somebody who gets the result.
    enum Listener: Equatable, Sendable {
        case waiter(WaiterID)
        /// A command of another invocation, with the kind of notification that answers it.
        case command(Asker, UInt32, MessageType)
    }

    /// To hold on to while the invocation changes: a copy of the whole invocation would make its
    /// journal a shared one, which the next entry then copies.
    let facts: InvocationFacts

    var status = Status.ready
    var modifiedAt: Timestamp
    var scheduledFor: Timestamp?
    var scheduledAt: Timestamp?
    var inboxedAt: Timestamp?
    var inboxSequence: UInt64 = 0
    var runningAt: Timestamp?

    var pinned: (deployment: String, version: ProtocolVersion)?

    var journal: [JournalEntry] = []
    var commandCount: UInt32 = 0
    /// Whether each notification was a failure. Of two with one id, which only a signal can have, the
    /// first decides when the invocation goes on; which one it is given is for its endpoint to say.
    var results: [NotificationID: Bool] = [:]
    var output: ValueOrFailure?
    /// Everything that its calls and sends started, for a kill.
    var children: [InvocationIdentity] = []
    var listeners: [Listener] = []
    var sleeps: [UInt32: IndexedHeap<Deadline>.Token] = [:]
    /// Of the scheduled start, or of the next retry.
    var deadline: IndexedHeap<Deadline>.Token?

    var attempt: Attempt?
    var suspendedOn: FutureTree?
    var pauseRequested = false

    var attemptsStarted = 0
    /// Since the last rest; what the retry policy counts.
    var failures = 0
    var retriesSinceEntry: UInt32 = 0
    var lastEntryAt: Timestamp
    var lastStartAt: Timestamp?
    var nextRetryAt: Timestamp?
    var lastDeployment: String?
    var lastServer: String?
    var lastFailure: EndpointFailure?
    var events: [JournalEvent] = []

    /// Commands of closures that have no result yet: somebody is busy with them.
    var openRuns = 0

    /// The seed of its random numbers: the same in all its attempts.
    var randomSeed: UInt64 { facts.givenSeed ?? facts.id.randomSeed }

    /// It has a journal, so that signals reach it.
    var isInvoked: Bool {
        switch status {
        case .scheduled, .inboxed: false
        default: true
        }
    }

    init(_ new: NewInvocation, serial: UInt64, at now: Timestamp) {
        facts = InvocationFacts(new, serial: serial, at: now)
        modifiedAt = now
        lastEntryAt = now
        pinned = new.pinned
    }
}

/// What was settled about an invocation when it began.
final class InvocationFacts: Sendable {
    let id: InvocationIdentity
    /// Under which it is stored: later ones have higher numbers.
    let serial: UInt64
    let target: TargetName
    let serviceKind: ServiceKind
    let handlerKind: HandlerRecord.Kind
    let caller: Caller
    let idempotencyKey: String?
    let createdAt: Timestamp
    let completionRetention: Milliseconds
    let journalRetention: Milliseconds
    /// Of the invocation whose journal this one goes on with; nil for its own, which its id gives.
    let givenSeed: UInt64?

    init(_ new: NewInvocation, serial: UInt64, at now: Timestamp) {
        id = new.id
        self.serial = serial
        target = new.target
        serviceKind = new.serviceKind
        handlerKind = new.handlerKind
        caller = new.caller
        idempotencyKey = new.idempotencyKey
        createdAt = now
        completionRetention = new.completionRetention
        journalRetention = new.journalRetention
        givenSeed = new.randomSeed
    }

    var asker: OpenInvocation.Asker { OpenInvocation.Asker(id: id, serial: serial) }

    var owner: StateOwner? {
        target.key.map { StateOwner(service: target.service, key: $0) }
    }
}

extension OpenInvocation {
    var id: InvocationIdentity { facts.id }
    var serial: UInt64 { facts.serial }
    var target: TargetName { facts.target }
    var serviceKind: ServiceKind { facts.serviceKind }
    var handlerKind: HandlerRecord.Kind { facts.handlerKind }
    var caller: Caller { facts.caller }
    var idempotencyKey: String? { facts.idempotencyKey }
    var createdAt: Timestamp { facts.createdAt }
    var completionRetention: Milliseconds { facts.completionRetention }
    var journalRetention: Milliseconds { facts.journalRetention }
    var givenSeed: UInt64? { facts.givenSeed }
    var asker: Asker { facts.asker }
    var owner: StateOwner? { facts.owner }
}

/// One exchange with the endpoint.
struct Attempt: Sendable {
    let id: AttemptID
    let deployment: String
    let version: ProtocolVersion
    let inactivityTimeout: Milliseconds
    let abortTimeout: Milliseconds
    /// Entries of the journal that it was given.
    let knownEntries: Int
    var decoder: FrameDecoder
    var inputIsOpen = true
    var hasHead = false
    /// Bytes went either way.
    var lastActivity: Timestamp
    var deadline: IndexedHeap<Deadline>.Token?
    /// Waits to be sent with the next effects.
    var output: [UInt8] = []
    var awaitingOn: FutureTree?

    /// Since when nothing has gone either way, and for how long that may be.
    var quiet: (since: Timestamp, limit: Milliseconds, inputIsOpen: Bool) {
        (lastActivity, inputIsOpen ? inactivityTimeout : abortTimeout, inputIsOpen)
    }

    /// Says its id if nothing waited before.
    mutating func write(_ body: (inout [UInt8]) -> Void) -> AttemptID? {
        let isFirst = output.isEmpty
        body(&output)
        return isFirst ? id : nil
    }

    mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
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

/// What is decided about an invocation before it begins.
struct NewInvocation {
    var id: InvocationIdentity
    var target: TargetName
    var serviceKind: ServiceKind
    var handlerKind: HandlerRecord.Kind
    var caller: Caller
    var idempotencyKey: String?
    var completionRetention: Milliseconds
    var journalRetention: Milliseconds
    var pinned: (deployment: String, version: ProtocolVersion)?
    var randomSeed: UInt64?
}
