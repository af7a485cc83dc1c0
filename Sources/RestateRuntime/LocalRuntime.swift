import Primitives
import RestateProtocol

/// The server's side of the protocol as a value: events in, effects out.
///
/// It has no clock, no threads and no sockets; time comes with each event, randomness from a seed.
/// Events are methods. What is to be done about them gathers until `takeEffects`.
package struct LocalRuntime: Sendable {
    package let settings: LocalSettings

    // Stored, if the settings ask for it. Each notes what it changes.
    package internal(set) var registry = Registry()
    var invocations: InvocationTable
    var results: ResultTable
    package internal(set) var locks: KeyLocks
    package internal(set) var states: StateTable
    package internal(set) var promises: PromiseTable

    // Gone with the process, or derived from what is stored.
    var attempts = AttemptTable()
    var room = Room()
    var waiters = WaiterTable()
    var deadlines = IndexedHeap<Deadline>()
    var random: SplitMix
    private var effects: [Effect] = []

    package init(settings: LocalSettings = LocalSettings(), seed: UInt64) {
        self.settings = settings
        random = SplitMix(seed: seed)
        let isStored = settings.reportsChanges
        invocations = InvocationTable(isStored: isStored)
        results = ResultTable(byteLimit: settings.archivedJournalBytes, isStored: isStored)
        locks = KeyLocks(isStored: isStored)
        states = StateTable(isStored: isStored)
        promises = PromiseTable(isStored: isStored)
    }

    // MARK: effects

    /// Everything that is to be done now, in order.
    package mutating func takeEffects() -> [Effect] {
        attempts.flushAll(into: &effects)
        defer { effects = [] }
        return effects
    }

    mutating func emit(_ effect: Effect) {
        effects.append(effect)
    }

    /// Before anything that must come behind the bytes.
    mutating func flush(_ attempt: AttemptID) {
        attempts.flush(attempt, into: &effects)
    }

    // MARK: time

    /// When `advance` has something to do.
    package var nextDeadline: Timestamp? { deadlines.earliest }

    /// Does everything whose time has come.
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
            case .expiry(let id): expire(id)
            }
        }
    }

    // MARK: registry

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

    /// Nil if there is no such service.
    package mutating func patchService(_ name: String, _ patch: ServicePatch) -> ServiceRecord? {
        registry.patch(name, patch)
    }
}
