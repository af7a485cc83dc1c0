import CanonicalJSON
import Primitives
import RestateProtocol

/// Restores a runtime from what was stored, in two steps: `init(recovering:)` gives it as it was at
/// the last commit, and `wakeUp` lets it continue. In between, tests compare it with the original.
extension LocalRuntime {
    /// Restores the runtime of the last commit. Invocations that had an attempt have lost it. No
    /// effect is emitted until `wakeUp`.
    package init(
        recovering data: StoredData, settings: LocalSettings, seed: UInt64
    ) throws(DamagedRecord) {
        self.init(settings: settings, seed: seed, archive: data.archive)
        if let record = data.registry {
            do {
                registry = try Registry(JSON.decode(RegistryRecord.self, from: record))
            } catch {
                throw DamagedRecord("the registry", JSON.describe(error))
            }
        }
        states = StateTable(data.states, isStored: settings.reportsChanges)
        for (owner, name, bytes) in data.promises {
            let what = "the promise '\(name)' of \(owner.service)/\(owner.key)"
            let record: ResultRecord = try decoded(bytes, what)
            promises.recover(ExactName(text: name), of: owner, record.value.copied)
        }
        for stored in data.finished {
            let what = "invocation number \(stored.serial)"
            try checkNumber(stored.serial, what)
            guard results.recover(stored) else {
                throw DamagedRecord(what, "\(stored.id) is there twice")
            }
            invocations.recover(serial: stored.serial)
        }
        results.recoverJournals(data.finished, nextEnd: data.nextJournalEnd)
        var journals = data.journals
        for (serial, bytes) in data.invocations {
            var record: InvocationRecord = try decoded(bytes, "invocation number \(serial)")
            try checkNumber(serial, "invocation number \(serial)")
            let id = record.head.id
            guard !isKnown(id) else {
                throw DamagedRecord("invocation number \(serial)", "\(id) is there twice")
            }
            record.head.serial = serial
            let journal = journals.removeValue(forKey: serial)?.entries ?? ArchivedJournal()
            guard let progress = record.progress else {
                throw DamagedRecord("invocation number \(serial)", "it is among the open ones")
            }
            try recover(record, progress, journal)
            invocations.recover(serial: serial)
        }
        if let stray = journals.keys.min() {
            throw DamagedRecord(
                "the journal of invocation number \(stray)", "there is no such invocation")
        }
        try recoverQueues(data.edits)
        for id in openInOrder() { reconnect(id) }
    }

    /// The open invocations, the oldest first, so that a recovery has the same order each time.
    private func openInOrder() -> [InvocationIdentity] {
        invocations.values.sorted { $0.serial < $1.serial }.map(\.id)
    }

    // MARK: Invocations

    private mutating func recover(
        _ record: InvocationRecord, _ stored: ProgressRecord, _ journal: ArchivedJournal
    ) throws(DamagedRecord) {
        var progress = InvocationProgress(modifiedAt: stored.modifiedAt)
        progress.phase = phase(of: record, stored)
        progress.milestones = record.milestones
        progress.attempts = stored.attempts
        progress.events = stored.events.map(\.event)
        var invocation = OpenInvocation(record.head, progress)
        do throws(WireError) {
            for entry in journal.entries { try invocation.replay(entry) }
            if invocation.journal.entries.isEmpty { throw .missing("its input") }
        } catch {
            throw DamagedRecord("the journal of \(record.head.id)", error)
        }
        locks.recover(sequence: stored.inboxSequence)
        invocations.recover(invocation)
    }

    /// Returns the phase, and sets the deadline that belongs to it.
    private mutating func phase(of record: InvocationRecord, _ stored: ProgressRecord) -> Phase {
        let id = record.head.id
        switch stored.status {
        case .scheduled:
            let due = record.milestones.scheduledFor ?? 0
            return .scheduled(start: deadlines.add(.start(id), at: due))
        case .inboxed: return .inboxed(sequence: stored.inboxSequence)
        case .ready: return .ready
        case .running: return .running(nil, pauseRequested: stored.pauseRequested)
        case .backingOff:
            let due = stored.attempts.nextRetryAt ?? 0
            return .backingOff(retry: deadlines.add(.retry(id), at: due))
        case .suspended: return .suspended(on: stored.suspendedOn ?? FutureTree())
        case .paused: return .paused
        }
    }

    /// Restores who holds which key, and the queues. Both follow from the phases and numbers of the
    /// invocations; only waiting edits have records of their own.
    private mutating func recoverQueues(
        _ edits: [(sequence: UInt64, record: Bytes)]
    ) throws(DamagedRecord) {
        var waiting: [(sequence: UInt64, owner: StateOwner, what: KeyLocks.Waiting)] = []
        for id in openInOrder() {
            guard let head = invocations[id]?.head, head.handlerKind == .exclusive,
                let owner = head.owner
            else { continue }
            switch invocations[id]?.phase {
            case .scheduled, nil: break
            case .inboxed(let sequence): waiting.append((sequence, owner, .invocation(id)))
            case .ready, .running, .backingOff, .suspended, .paused:
                if let other = locks.recover(holder: id, of: owner) {
                    throw DamagedRecord("invocation \(id)", "its key is held by \(other)")
                }
            }
        }
        for (sequence, bytes) in edits {
            let record: EditRecord = try decoded(bytes, "the new state number \(sequence)")
            try checkNumber(sequence, "the new state number \(sequence)")
            let owner = StateOwner(service: record.service, key: record.key)
            let state = ObjectState(record.entries.map { ($0.key.copied, $0.value.copied) })
            let edit = StateEdit(
                owner: owner, state: state, replaces: record.replaces, sequence: sequence)
            waiting.append((sequence, owner, .newState(edit)))
            locks.recover(sequence: sequence)
        }
        for (_, owner, what) in waiting.sorted(by: { $0.sequence < $1.sequence }) {
            locks.recover(what, of: owner)
        }
    }

    /// Refuses numbers from which the counters could overflow later.
    private func checkNumber(_ number: UInt64, _ name: String) throws(DamagedRecord) {
        guard number > 0, number < StoredData.numberLimit else {
            throw DamagedRecord(name, "\(number) is out of range (1 ..< 2^62)")
        }
    }

    private func decoded<R: FieldCoded>(_ bytes: Bytes, _ name: String) throws(DamagedRecord) -> R {
        do throws(WireError) {
            return try R(decoding: bytes)
        } catch {
            throw DamagedRecord(name, error)
        }
    }

    // MARK: Awake

    /// Lets a recovered runtime continue: what had an attempt gets a new one, and deadlines that
    /// passed meanwhile are handled. The lost attempts do not count as failures.
    package mutating func wakeUp(at now: Timestamp) {
        for id in openInOrder() {
            switch invocations[id]?.phase {
            case .running(nil, pauseRequested: true): pauseNow(id, at: now)
            case .running(nil, pauseRequested: false), .ready: launch(id, at: now)
            case .suspended: wake(id, at: now)
            // It has got an attempt already: an earlier one in this loop has woken it, or an event
            // came before this call.
            case .running(_?, _): break
            case .scheduled, .inboxed, .backingOff, .paused, nil: break
            }
        }
        for owner in locks.keysWithoutHolder { passOn(owner, at: now) }
        advance(to: now)
    }
}
