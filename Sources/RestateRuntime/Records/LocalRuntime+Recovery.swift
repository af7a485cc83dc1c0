import CanonicalJSON
import Primitives
import RestateProtocol

/// A runtime from what was stored: first as it was, then awake.
extension LocalRuntime {
    /// The runtime as it was at the last commit. What was running has lost its attempt; nothing
    /// happens until `wakeUp`.
    package init(
        recovering data: StoredData, settings: LocalSettings, seed: UInt64
    ) throws(DamagedRecord) {
        self.init(settings: settings, seed: seed)
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
        var journals = data.journals
        for (serial, bytes) in data.invocations {
            let record: InvocationRecord = try decoded(bytes, "invocation number \(serial)")
            try checkNumber(serial, "invocation number \(serial)")
            guard !isKnown(record.id) else {
                throw DamagedRecord("invocation number \(serial)", "\(record.id) is there twice")
            }
            let journal = journals.removeValue(forKey: serial)?.entries ?? ArchivedJournal()
            if let ending = record.ending {
                recover(record, ending, serial, journal)
            } else if let progress = record.progress {
                try recover(record, progress, serial, journal)
            }
            serialCount = max(serialCount, serial)
        }
        if let stray = journals.keys.min() {
            throw DamagedRecord(
                "the journal of invocation number \(stray)", "there is no such invocation")
        }
        results.orderArchive()
        try recoverQueues(data.edits)
        for id in openInOrder() { reconnect(id) }
    }

    /// All that have not ended, the oldest first.
    private func openInOrder() -> [InvocationIdentity] {
        invocations.values.sorted { $0.serial < $1.serial }.map(\.id)
    }

    // MARK: invocations

    private mutating func recover(
        _ record: InvocationRecord, _ ending: EndingRecord, _ serial: UInt64,
        _ journal: ArchivedJournal
    ) {
        let expiry = deadlines.add(.expiry(record.id), at: ending.expires)
        results.recover(
            record.id, FinishedInvocation(record, ending, serial: serial, expiry), journal)
    }

    private mutating func recover(
        _ record: InvocationRecord, _ progress: ProgressRecord, _ serial: UInt64,
        _ journal: ArchivedJournal
    ) throws(DamagedRecord) {
        var invocation = OpenInvocation(record, progress, serial: serial)
        do throws(WireError) {
            for entry in journal.entries { try invocation.take(over: entry) }
            if invocation.journal.isEmpty { throw .missing("its input") }
        } catch {
            throw DamagedRecord("the journal of \(record.id)", error)
        }
        switch invocation.status {
        case .scheduled:
            invocation.deadline = deadlines.add(
                .start(record.id), at: invocation.scheduledFor ?? 0)
        case .backingOff:
            invocation.deadline = deadlines.add(
                .retry(record.id), at: invocation.nextRetryAt ?? 0)
        case .inboxed, .ready, .running, .suspended, .paused: break
        }
        locks.recover(sequence: progress.inboxSequence)
        invocations.insert(invocation)
    }

    /// Who holds which key, and what waits for it in which order.
    private mutating func recoverQueues(
        _ edits: [(sequence: UInt64, record: Bytes)]
    ) throws(DamagedRecord) {
        var waiting: [(sequence: UInt64, owner: StateOwner, what: KeyLocks.Waiting)] = []
        for id in openInOrder() {
            guard let invocation = invocations[id], invocation.handlerKind == .exclusive,
                let owner = invocation.owner
            else { continue }
            switch invocation.status {
            case .scheduled: break
            case .inboxed: waiting.append((invocation.inboxSequence, owner, .invocation(id)))
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

    private func checkNumber(_ number: UInt64, _ name: String) throws(DamagedRecord) {
        guard number > 0, number < StoredData.numberLimit else {
            throw DamagedRecord(name, "nobody counts so far")
        }
    }

    private func decoded<R: FieldCoded>(_ bytes: Bytes, _ name: String) throws(DamagedRecord) -> R {
        do throws(WireError) {
            return try R(decoding: bytes)
        } catch {
            throw DamagedRecord(name, error)
        }
    }

    // MARK: awake

    /// Goes on: what had an attempt gets a new one, what came due meanwhile happens now.
    package mutating func wakeUp(at now: Timestamp) {
        for id in openInOrder() {
            // One that has an attempt was woken by another one, or by somebody who called before.
            guard let status = invocations[id]?.status, invocations[id]?.attempt == nil else {
                continue
            }
            switch status {
            case .running where invocations[id]?.pauseRequested == true: pauseNow(id, at: now)
            case .running, .ready: launch(id, at: now)
            case .suspended: wake(id, at: now)
            case .scheduled, .inboxed, .backingOff, .paused: break
            }
        }
        for owner in locks.keysWithoutHolder { passOn(owner, at: now) }
        advance(to: now)
    }
}
