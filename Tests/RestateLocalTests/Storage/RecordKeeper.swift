import Primitives
import RestateProtocol

@testable import RestateLocal
@testable import RestateRuntime

/// What a data folder would hold, as a value.
struct RecordKeeper {
    private var invocations: [UInt64: [UInt8]] = [:]
    private var journals: [UInt64: [(first: Int, entries: [UInt8])]] = [:]
    private var states: [StateOwner: [Bytes: Bytes]] = [:]
    private var promises: [StateOwner: [ExactName: [UInt8]]] = [:]
    private var edits: [UInt64: [UInt8]] = [:]
    private var registry: [UInt8]?

    mutating func apply(_ batch: StoreBatch) {
        for (serial, record) in batch.invocations {
            invocations[serial] = record
            if record == nil { journals[serial] = nil }
        }
        for serial in batch.droppedJournals { journals[serial] = nil }
        for part in batch.journals {
            journals[part.serial, default: []].append((part.first, Array(part.bytes)))
        }
        for owner in batch.clearedStates { states[owner] = nil }
        for (owner, key, value) in batch.states {
            states[owner, default: [:]][key] = value
            if states[owner]?.isEmpty == true { states[owner] = nil }
        }
        for owner in batch.forgottenPromises { promises[owner] = nil }
        for (owner, name, result) in batch.promises {
            promises[owner, default: [:]][ExactName(text: name)] = result
        }
        for (sequence, record) in batch.edits { edits[sequence] = record }
        if let registry = batch.registry { self.registry = registry }
    }

    var data: StoredData {
        get throws {
            var data = StoredData()
            data.invocations = invocations.sorted { $0.key < $1.key }.map {
                ($0.key, $0.value[...])
            }
            for (serial, parts) in journals {
                for part in parts { try data.append(part.entries, from: part.first, to: serial) }
            }
            for (owner, entries) in states {
                data.states[owner] = ObjectState(entries.map { ($0.key, $0.value) })
            }
            for (owner, named) in promises {
                for (name, result) in named {
                    data.promises.append((owner, name.text, result[...]))
                }
            }
            data.edits = edits.sorted { $0.key < $1.key }.map { ($0.key, $0.value[...]) }
            data.registry = registry
            return data
        }
    }

    /// Each record by a name of its own; a journal is one, however it came.
    var records: [String: [UInt8]] {
        var records: [String: [UInt8]] = [:]
        for (serial, record) in invocations { records["invocation \(serial)"] = record }
        for (serial, parts) in journals {
            records["journal \(serial)"] = parts.flatMap(\.entries)
        }
        for (owner, entries) in states {
            for (key, value) in entries {
                records["state \(owner.name) \(key)"] = Array(value)
            }
        }
        for (owner, named) in promises {
            for (name, result) in named {
                records["promise \(owner.name) \(Array(name.text.utf8))"] = result
            }
        }
        for (sequence, record) in edits { records["edit \(sequence)"] = record }
        records["registry"] = registry
        return records
    }
}

extension LocalRuntime {
    /// Everything, written down at once.
    var allRecords: [String: [UInt8]] {
        var copy = self
        copy.changes = Changes()
        for id in copy.invocations.values.map(\.id) {
            copy.headChanged(id)
            copy.journalGrew(id, from: 0)
        }
        for (id, record) in finished {
            copy.changes.invocations[record.serial] = id
            copy.changes.journals[record.serial] = Changes.Growth(id: id, from: 0)
        }
        copy.changes.wholeStates = Set(states.keys)
        copy.changes.promises = promises.mapValues { Set($0.keys) }
        for lock in locks.values {
            for case .newState(let edit) in lock.queue.waiting {
                copy.changes.edits[edit.sequence] = edit
            }
        }
        copy.changes.registry = !registry.deployments.isEmpty
        var keeper = RecordKeeper()
        keeper.apply(copy.takeBatch())
        return keeper.records
    }

    /// What is not stored but follows: who waits for what, who holds which key, when what is due.
    var connections: [String: String] {
        var connections: [String: String] = [:]
        for invocation in invocations.values {
            connections["\(invocation.id)"] = invocation.connections
        }
        for (owner, named) in promises {
            for (name, promise) in named {
                let waiting = promise.waiting.filter { invocations.contains($0.invocation.id) }
                guard !waiting.isEmpty else { continue }
                connections["promise \(owner.name) \(Array(name.text.utf8))"] =
                    waiting.map { "\($0.invocation.id) \($0.completion)" }.sorted().description
            }
        }
        for (owner, lock) in locks {
            let queue = lock.queue.waiting.compactMap { waiting -> String? in
                switch waiting {
                case .newState(let edit): return "edit \(edit.sequence)"
                case .invocation(let id):
                    guard case .inboxed = invocations[id]?.status else { return nil }
                    return "\(id)"
                }
            }
            connections["lock \(owner.name)"] =
                "\(lock.holder.map { "\($0)" } ?? "nobody") \(queue)"
        }
        let ofAttempts = invocations.values.filter { $0.attempt?.deadline != nil }.count
        let ofRoom = isRoomPlanned ? 1 : 0
        connections["deadlines"] = "\(deadlines.count - ofAttempts - ofRoom)"
        connections["archive"] =
            "\(archivedBytes) \(archived.waiting.filter { journals[$0] != nil }.map(\.text).sorted())"
        return connections
    }
}

extension StateOwner {
    /// With the key's bytes: to a dictionary of texts two spellings of a letter are one.
    fileprivate var name: String { "\(service)/\(Array(key.utf8))" }
}

extension OpenInvocation {
    fileprivate var connections: String {
        let commands = listeners.compactMap { listener -> String? in
            guard case .command(let asker, let completion, let type) = listener else { return nil }
            let id = asker.id
            return "\(id) \(completion) \(type)"
        }
        return """
            listeners \(commands.sorted()) sleeps \(sleeps.keys.sorted()) children \(children)
            results \(results.map { "\($0.key) \($0.value)" }.sorted()) output \("\(output, default: "none")")
            commands \(commandCount) runs \(openRuns) modified \(modifiedAt) last entry \(lastEntryAt)
            deadline \(deadline != nil) journal \(journal.count)
            """
    }
}
