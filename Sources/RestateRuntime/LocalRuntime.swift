package import Primitives
import RestateProtocol

/// The server's side of the protocol as a value: events in, effects out.
///
/// It has no clock, no threads and no sockets; time comes with each event, randomness from a seed.
/// Events are methods. What is to be done about them gathers until `takeEffects`.
package struct LocalRuntime: Sendable {
    package let settings: LocalSettings
    package internal(set) var registry = Registry()

    var invocations = InvocationTable()
    var results: ResultTable
    package internal(set) var locks: KeyLocks
    package internal(set) var states: StateTable
    package internal(set) var promises: PromiseTable
    var waiters = WaiterTable()
    /// Of everything that has ever begun.
    var serialCount: UInt64 = 0

    var attempts: [AttemptID: InvocationIdentity] = [:]
    var attemptCount: UInt64 = 0
    var ready = FIFOQueue<InvocationIdentity>()
    var isLaunching = false
    /// Attempts in the order in which they began, for whoever waits for a place.
    var places = FIFOQueue<AttemptID>()
    /// Those whose input was ended so that they give their place up.
    var leaving: Set<AttemptID> = []
    var isRoomPlanned = false

    var deadlines = IndexedHeap<Deadline>()
    var random: SplitMix
    /// Stays empty unless the settings ask for it.
    var changes = Changes()
    private var effects: [Effect] = []
    private var touched: [AttemptID] = []

    package init(settings: LocalSettings = LocalSettings(), seed: UInt64) {
        self.settings = settings
        random = SplitMix(seed: seed)
        let isStored = settings.reportsChanges
        results = ResultTable(byteLimit: settings.archivedJournalBytes, isStored: isStored)
        locks = KeyLocks(isStored: isStored)
        states = StateTable(isStored: isStored)
        promises = PromiseTable(isStored: isStored)
    }

    // MARK: effects

    /// Everything that is to be done now, in order.
    package mutating func takeEffects() -> [Effect] {
        for attempt in touched { flush(attempt) }
        touched.removeAll(keepingCapacity: true)
        defer { effects = [] }
        return effects
    }

    mutating func emit(_ effect: Effect) {
        effects.append(effect)
    }

    /// Bytes for an attempt go out together, once per turn.
    mutating func write(to id: InvocationIdentity, _ body: (inout [UInt8]) -> Void) {
        if let first = invocations[id]?.attempt?.write(body) { touched.append(first) }
    }

    /// Before anything that must come behind the bytes.
    mutating func flush(_ attempt: AttemptID) {
        guard let id = attempts[attempt], let bytes = invocations[id]?.attempt?.takeOutput(),
            !bytes.isEmpty
        else { return }
        effects.append(.send(attempt, bytes))
    }

    // MARK: time

    /// When `advance` has something to do.
    package var nextDeadline: Timestamp? { deadlines.earliest }

    /// Does everything whose time has come.
    package mutating func advance(to now: Timestamp) {
        while let deadline = deadlines.next(at: now) {
            switch deadline {
            case .start(let id):
                invocations[id]?.deadline = nil
                admit(id, at: now)
            case .sleep(let id, let completion):
                invocations[id]?.sleeps[completion] = nil
                notify(id, .sleepCompletion, .completion(completion), .void, at: now)
            case .retry(let id):
                invocations[id]?.deadline = nil
                launch(id, at: now)
            case .attempt(let attempt):
                attemptIsQuiet(attempt, at: now)
            case .makeRoom:
                isRoomPlanned = false
                makeRoom(at: now)
            case .expiry(let id):
                expire(id)
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

/// Appends one frame as it travels.
func appendFrame(_ code: UInt16, _ payload: Bytes, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: (UInt64(code) << 48 | UInt64(payload.count)).bigEndian) {
        bytes.append(contentsOf: $0)
    }
    bytes += payload
}

/// The fields of a message, without a frame.
func payload(of message: some Message) -> Bytes {
    var fields = FieldWriter()
    message.encode(into: &fields)
    return fields.bytes[...]
}
