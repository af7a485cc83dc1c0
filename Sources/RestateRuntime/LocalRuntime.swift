import Primitives
import RestateProtocol

/// The server's side of the protocol as a value: events go in, effects come out.
///
/// It has no clock, threads or sockets. The time comes with each event and randomness from a seed,
/// so that a test can play a whole sequence of events in one thread and without waiting. Events are
/// methods; effects gather until `takeEffects`.
///
/// The rules are extensions, one file for each subject. The tables below own their values, and only
/// their methods change them.
package struct LocalRuntime: Sendable {
    package let settings: LocalSettings

    // These are stored if the settings ask for it. Each notes what it changes.
    package internal(set) var registry = Registry()
    var invocations: InvocationTable
    var results: ResultTable
    package internal(set) var locks: KeyLocks
    package internal(set) var states: StateTable
    package internal(set) var promises: PromiseTable

    // These are lost with the process, or derived from what is stored.
    var attempts = AttemptTable()
    var room = Room()
    var waiters = WaiterTable()
    var deadlines = IndexedHeap<Deadline>()
    var random: SplitMix
    private var effects: [Effect] = []

    /// - Parameter archive: where finished invocations are read that were stored; nil to keep all of
    ///   them in memory.
    package init(
        settings: LocalSettings = LocalSettings(), seed: UInt64,
        archive: (any ResultArchive)? = nil
    ) {
        self.settings = settings
        random = SplitMix(seed: seed)
        let isStored = settings.reportsChanges
        invocations = InvocationTable(isStored: isStored)
        results = ResultTable(
            byteLimit: settings.archivedJournalBytes, isStored: isStored, archive: archive,
            cacheLimit: settings.storedResultBytes)
        locks = KeyLocks(isStored: isStored)
        states = StateTable(isStored: isStored)
        promises = PromiseTable(isStored: isStored)
    }

    // MARK: Effects

    /// Returns and removes what is to be done now, in order.
    package mutating func takeEffects() -> [Effect] {
        attempts.flushAll(into: &effects)
        defer { effects = [] }
        return effects
    }

    /// Replaces `taken` by what is to be done now, in order, and keeps its memory for what comes next.
    package mutating func takeEffects(into taken: inout [Effect]) {
        attempts.flushAll(into: &effects)
        taken.removeAll(keepingCapacity: taken.capacity <= 256)
        swap(&taken, &effects)
    }

    mutating func emit(_ effect: Effect) {
        effects.append(effect)
    }

    /// Emits an attempt's output before an effect that must follow it.
    mutating func flush(_ attempt: AttemptID) {
        attempts.flush(attempt, into: &effects)
    }

    // MARK: Time

    /// The time at which `advance` has something to do; nil if no deadline is set.
    package var nextDeadline: Timestamp? {
        guard let expiry = results.nextExpiry else { return deadlines.earliest }
        return min(expiry, deadlines.earliest ?? .max)
    }

    /// Reads `nextDeadline`. It is mutating, because an owner that has the runtime as a property would
    /// copy all of it for a call that only reads.
    package mutating func readNextDeadline() -> Timestamp? { nextDeadline }

    /// The time at which an invocation goes on by itself: with a timer, a delayed start or a retry.
    /// Looks at all deadlines.
    package var nextWakeUp: Timestamp? {
        deadlines.earliest { deadline in
            switch deadline {
            case .start, .sleep, .retry: true
            case .attempt, .makeRoom, .expiry, .journalExpiry: false
            }
        }
    }

    /// Handles all deadlines up to now.
    package mutating func advance(to now: Timestamp) {
        while let deadline = deadlines.next(at: now) {
            switch deadline {
            case .start(let id): admit(id, at: now)
            case .sleep(let id, let completion): sleepIsOver(id, completion, at: now)
            case .retry(let id): launch(id, at: now)
            case .attempt(let attempt): attemptIsQuiet(attempt, at: now)
            case .makeRoom:
                room.isLookPlanned = false
                makeRoom(at: now)
            case .expiry(let id):
                if let finished = results[kept: id] { expire(id, finished) }
            case .journalExpiry(let id):
                // A deadline stays when its invocation is purged, and the id can have come again.
                guard let end = results[kept: id]?.journalExpires, end <= now else { break }
                results.dropJournal(of: id)
            }
        }
        expireStored(at: now)
    }

    // MARK: Registry

    /// Registers what discovery has found at an endpoint.
    package mutating func register(
        _ found: Discovered, at endpoint: DeploymentEndpoint, _ options: RegistrationOptions,
        at now: Timestamp
    ) throws(RegistrationError) -> Registered {
        let fresh = InvocationIdentity.fresh(service: "", key: nil, at: now, &random)
        let id =
            "dp_1"
            + Base62.encode(
                high: fresh.low.byteSwapped, low: fresh.high.byteSwapped, width: 22)
        let registered = try registry.register(
            found, at: endpoint, options, id: id, now: now)
        if !options.dryRun, registered.outcome != .unchanged {
            emit(.log(.registered(registered.deployment)))
        }
        return registered
    }

    package mutating func updateDeployment(
        _ id: String, _ found: Discovered, _ update: DeploymentUpdate
    ) throws(RegistrationError) -> Registered {
        let updated = try registry.update(id, found, update)
        if !update.dryRun { emit(.log(.registered(updated.deployment))) }
        return updated
    }

    package mutating func removeDeployment(_ id: String) -> Bool {
        registry.remove(id)
    }

    /// Changes the options of a service. Returns nil if it is not registered.
    package mutating func patchService(_ name: String, _ patch: ServicePatch) -> ServiceRecord? {
        registry.patch(name, patch)
    }
}
