import CanonicalJSON
import Primitives
package import RestateProtocol

/// The changes that one commit stores: all of them or none. A nil value means removal.
package struct StoreBatch: Sendable {
    package struct Entries: Sendable {
        package var serial: UInt64
        /// The index of the first entry.
        package var first: Int
        package var bytes: ArraySlice<UInt8>
    }

    package struct Finished: Sendable {
        package var serial: UInt64
        package var id: InvocationIdentity
        package var expires: Timestamp
        /// When the journal goes; nil if that is with the invocation, or there is none.
        package var journalExpires: Timestamp?
        package var completedAt: Timestamp
        package var record: [UInt8]
    }

    /// The records of open invocations; nil for those that are gone with their journals.
    package var invocations: [(serial: UInt64, record: [UInt8]?)] = []
    /// Those that have ended, and are not among the open ones any more. Their journals stay.
    package var finished: [Finished] = []
    package var droppedJournals: [UInt64] = []
    package var journals: [Entries] = []
    /// The keys whose entries are removed before `states` are stored.
    package var clearedStates: [StateOwner] = []
    package var states: [(owner: StateOwner, key: Bytes, value: Bytes?)] = []
    package var forgottenPromises: [StateOwner] = []
    package var promises: [(owner: StateOwner, name: String, result: [UInt8])] = []
    package var edits: [(sequence: UInt64, record: [UInt8]?)] = []
    package var registry: [UInt8]?
    /// Why a change cannot be encoded. Then the whole batch must not be stored, because a part of
    /// it would be an inconsistent state.
    package var mistake: String?
}

extension LocalRuntime {
    /// Whether there is something to store since the last batch.
    package var hasChanges: Bool {
        settings.reportsChanges
            && (invocations.hasChanges || results.hasChanges || states.hasChanges
                || promises.hasChanges
                || locks.hasChanges || registry.hasChanges)
    }

    /// Reads `hasChanges`, see `readNextDeadline`.
    package mutating func readHasChanges() -> Bool { hasChanges }

    /// Encodes everything that has changed since the last batch, with its current value: what
    /// changed ten times is written once.
    package mutating func takeBatch() -> StoreBatch {
        var batch = StoreBatch()
        takeInvocations(into: &batch)
        takeStates(into: &batch)
        takePromises(into: &batch)
        for (sequence, edit) in locks.takeChanges().edits.sorted(by: { $0.key < $1.key }) {
            batch.edits.append((sequence, edit.map { EditRecord($0).encoded }))
        }
        if registry.takeChanges() {
            do {
                batch.registry = try JSON.encode(RegistryRecord(registry))
            } catch {
                batch.mistake =
                    "The registry cannot be stored: \(JSON.describe(error)). Nothing more is accepted "
                    + "or answered; what was acknowledged is stored."
            }
        }
        return batch
    }

    /// Notes that every batch that was taken is stored. Finished invocations may leave the memory
    /// from now on.
    package mutating func batchIsStored() {
        results.changesAreStored()
    }

    private mutating func takeInvocations(into batch: inout StoreBatch) {
        let open = invocations.takeChanges()
        let ended = results.takeChanges()
        // Ordered by serial number, so that neighbouring rows are written together.
        var changed = ended.invocations.map { (serial: $0.key, id: $0.value) }
        for (serial, id) in open.invocations where ended.invocations[serial] == nil {
            changed.append((serial, id))
        }
        changed.sort { $0.serial < $1.serial }
        for (serial, id) in changed {
            if let ended = results[kept: id], ended.serial == serial {
                batch.finished.append(
                    StoreBatch.Finished(
                        serial: serial, id: id, expires: ended.expires,
                        journalExpires: results.isJournalKept(of: id) ? ended.journalExpires : nil,
                        completedAt: ended.completedAt, record: InvocationRecord(ended).encoded))
            } else {
                batch.invocations.append((serial, record(of: id, serial)))
            }
        }
        batch.droppedJournals = ended.droppedJournals.sorted()
        for (serial, growth) in open.journals.sorted(by: { $0.key < $1.key }) {
            guard let bytes = journal(of: growth.id, serial, from: growth.from) else { continue }
            batch.journals.append(
                StoreBatch.Entries(serial: serial, first: growth.from, bytes: bytes))
        }
    }

    private func record(of id: InvocationIdentity, _ serial: UInt64) -> [UInt8]? {
        if let invocation = invocations[id], invocation.serial == serial {
            return InvocationRecord(invocation).encoded
        }
        return nil
    }

    private func journal(
        of id: InvocationIdentity, _ serial: UInt64, from index: Int
    ) -> ArraySlice<UInt8>? {
        if let invocation = invocations[id], invocation.serial == serial {
            return ArchivedJournal(invocation.journal.entries[index...]).bytes[...]
        }
        guard results[kept: id]?.serial == serial else { return nil }
        return results[keptJournal: id]?.bytes(from: index)
    }

    private mutating func takeStates(into batch: inout StoreBatch) {
        let changes = states.takeChanges()
        for owner in changes.whole {
            batch.clearedStates.append(owner)
            guard let state = states[owner] else { continue }
            for entry in state.entries { batch.states.append((owner, entry.key, entry.value)) }
        }
        for (owner, keys) in changes.entries where !changes.whole.contains(owner) {
            let state = states[owner]
            for key in keys { batch.states.append((owner, key, state?.value(of: key))) }
        }
    }

    private mutating func takePromises(into batch: inout StoreBatch) {
        let changes = promises.takeChanges()
        batch.forgottenPromises = Array(changes.forgotten)
        for (owner, names) in changes.resolved {
            for name in names {
                guard let result = promises.result(name, of: owner) else { continue }
                batch.promises.append((owner, name.text, ResultRecord(result).encoded))
            }
        }
    }
}

extension FieldCoded {
    /// The fields in their stored form.
    var encoded: [UInt8] {
        var fields = FieldWriter(reserving: 256)  // Most are smaller.
        encode(into: &fields)
        return fields.bytes
    }
}
