import CanonicalJSON
import Primitives
package import RestateProtocol

/// What is stored in one piece, or not at all. A missing value is one to be removed.
package struct StoreBatch: Sendable {
    package struct Entries: Sendable {
        package var serial: UInt64
        /// The index of the first one.
        package var first: Int
        package var bytes: ArraySlice<UInt8>
    }

    /// With an invocation goes its journal.
    package var invocations: [(serial: UInt64, record: [UInt8]?)] = []
    package var droppedJournals: [UInt64] = []
    package var journals: [Entries] = []
    /// Removed before `states` are stored.
    package var clearedStates: [StateOwner] = []
    package var states: [(owner: StateOwner, key: Bytes, value: Bytes?)] = []
    package var forgottenPromises: [StateOwner] = []
    package var promises: [(owner: StateOwner, name: String, result: [UInt8])] = []
    package var edits: [(sequence: UInt64, record: [UInt8]?)] = []
    package var registry: [UInt8]?
    /// Why something cannot be written down: then nothing of it is stored.
    package var mistake: String?
}

extension LocalRuntime {
    /// Writes down all that has changed since the last time, as it is now.
    package mutating func takeBatch() -> StoreBatch {
        let changes = self.changes
        self.changes = Changes()
        var batch = StoreBatch()
        // In the order of the numbers, so that neighbours are written together.
        for (serial, id) in changes.invocations.sorted(by: { $0.key < $1.key }) {
            batch.invocations.append((serial, record(of: id, serial)))
        }
        batch.droppedJournals = changes.droppedJournals.sorted()
        for (serial, growth) in changes.journals.sorted(by: { $0.key < $1.key }) {
            guard let bytes = journal(of: growth.id, serial, from: growth.from) else { continue }
            batch.journals.append(
                StoreBatch.Entries(serial: serial, first: growth.from, bytes: bytes))
        }
        add(changes, to: &batch)
        for (sequence, edit) in changes.edits.sorted(by: { $0.key < $1.key }) {
            batch.edits.append((sequence, edit.map { encoded(EditRecord($0)) }))
        }
        if changes.registry {
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

    private func record(of id: InvocationIdentity, _ serial: UInt64) -> [UInt8]? {
        if let invocation = invocations[id], invocation.serial == serial {
            return encoded(InvocationRecord(invocation))
        }
        if let record = finished[id], record.serial == serial {
            return encoded(InvocationRecord(id, record))
        }
        return nil
    }

    private func journal(
        of id: InvocationIdentity, _ serial: UInt64, from index: Int
    ) -> ArraySlice<UInt8>? {
        if let invocation = invocations[id], invocation.serial == serial {
            return ArchivedJournal(invocation.journal[index...]).bytes[...]
        }
        guard finished[id]?.serial == serial else { return nil }
        return journals[id]?.bytes(from: index)
    }

    private func add(_ changes: Changes, to batch: inout StoreBatch) {
        for owner in changes.wholeStates {
            batch.clearedStates.append(owner)
            guard let state = states[owner] else { continue }
            for entry in state.entries { batch.states.append((owner, entry.key, entry.value)) }
        }
        for (owner, keys) in changes.states where !changes.wholeStates.contains(owner) {
            let state = states[owner]
            for key in keys { batch.states.append((owner, key, state?.value(of: key))) }
        }
        batch.forgottenPromises = Array(changes.forgottenPromises)
        for (owner, names) in changes.promises {
            for name in names {
                guard let result = promises[owner]?[name]?.result else { continue }
                batch.promises.append((owner, name.text, encoded(ResultRecord(result))))
            }
        }
    }

    private func encoded(_ record: some FieldCoded) -> [UInt8] {
        var fields = FieldWriter()
        record.encode(into: &fields)
        return fields.bytes
    }
}
