import RestateProtocol

/// An invocation that has not ended.
struct Invocation: Sendable {
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
        var id: InvocationID
        var serial: UInt64
    }

    /// Somebody who gets the result.
    enum Listener: Equatable, Sendable {
        case waiter(WaiterID)
        /// A command of another invocation, with the kind of notification that answers it.
        case command(Asker, UInt32, MessageType)
    }

    let id: InvocationID
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
    /// Whether each notification was a failure; the first one of an id counts.
    var results: [NotificationID: Bool] = [:]
    var output: ValueOrFailure?
    /// Everything that its calls and sends started, for a kill.
    var children: [InvocationID] = []
    var listeners: [Listener] = []
    var sleeps: [UInt32: DeadlineHeap<Deadline>.Token] = [:]
    /// Of the scheduled start, or of the next retry.
    var deadline: DeadlineHeap<Deadline>.Token?

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
    var lastFailure: AttemptFailure?

    var asker: Asker { Asker(id: id, serial: serial) }

    var owner: StateOwner? {
        target.key.map { StateOwner(service: target.service, key: $0) }
    }

    /// It has a journal, so that signals reach it.
    var isInvoked: Bool {
        switch status {
        case .scheduled, .inboxed: false
        default: true
        }
    }

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
        modifiedAt = now
        lastEntryAt = now
        pinned = new.pinned
    }
}

/// One exchange with the endpoint.
struct Attempt: Sendable {
    let id: AttemptID
    let deployment: String
    let version: ProtocolVersion
    let inactivityTimeout: Milliseconds
    let abortTimeout: Milliseconds
    var decoder: FrameDecoder
    var inputIsOpen = true
    var hasHead = false
    /// Bytes went either way.
    var lastActivity: Timestamp
    var deadline: DeadlineHeap<Deadline>.Token?
    /// Waits to be sent with the next effects.
    var output: [UInt8] = []
    var awaitingOn: FutureTree?
}

/// What is to happen at a time.
enum Deadline: Sendable {
    case start(InvocationID)
    case sleep(InvocationID, UInt32)
    case retry(InvocationID)
    /// Inactivity, and then the abort.
    case attempt(AttemptID)
    case expiry(InvocationID)
}

/// What is decided about an invocation before it begins.
struct NewInvocation {
    var id: InvocationID
    var target: TargetName
    var serviceKind: ServiceKind
    var handlerKind: HandlerRecord.Kind
    var caller: Caller
    var idempotencyKey: String?
    var completionRetention: Milliseconds
    var journalRetention: Milliseconds
    var pinned: (deployment: String, version: ProtocolVersion)?
}
