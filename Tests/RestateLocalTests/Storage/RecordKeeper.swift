import CanonicalJSON
import Primitives
import RestateProtocol

@testable import RestateLocal
@testable import RestateRuntime

/// What a data folder would hold, as a value.
struct RecordKeeper {
    private var invocations: [UInt64: [UInt8]] = [:]
    private var states: [StateOwner: [Bytes: Bytes]] = [:]
    private var promises: [StateOwner: [ExactName: [UInt8]]] = [:]
    private var edits: [UInt64: [UInt8]] = [:]
    private var registry: [UInt8]?
    /// The finished invocations, and all journals.
    let archive = KeptArchive()

    mutating func apply(_ batch: StoreBatch) {
        for (serial, record) in batch.invocations { invocations[serial] = record }
        for ended in batch.finished { invocations[ended.serial] = nil }
        archive.apply(batch)
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
            try archive.load(into: &data)
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
}

extension LocalRuntime {
    /// Everything, written down at once.
    var allRecords: [String: [UInt8]] {
        var records: [String: [UInt8]] = [:]
        for invocation in invocations.values {
            records["invocation \(invocation.serial)"] = InvocationRecord(invocation).encoded
            records["journal \(invocation.serial)"] =
                ArchivedJournal(invocation.journal.entries).bytes
        }
        for finished in finishedInvocations() {
            records["invocation \(finished.serial)"] = InvocationRecord(finished).encoded
            records["journal \(finished.serial)"] =
                (try? results.journal(of: finished.id))?.bytes
        }
        for owner in states.keys {
            for (key, value) in state(of: owner) {
                records["state \(owner.name) \(key)"] = Array(value)
            }
        }
        for owner in promises.keys {
            for name in promises.names(of: owner) {
                guard let result = promises.result(name, of: owner) else { continue }
                records["promise \(owner.name) \(Array(name.text.utf8))"] =
                    ResultRecord(result).encoded
            }
        }
        for owner in locks.keys {
            for case .newState(let edit) in locks.waiting(for: owner) {
                records["edit \(edit.sequence)"] = EditRecord(edit).encoded
            }
        }
        if !registry.deployments.isEmpty {
            records["registry"] = try? JSON.encode(RegistryRecord(registry))
        }
        return records
    }

    /// What is not stored but follows: who waits for what, who holds which key, when what is due.
    var connections: [String: String] {
        var connections: [String: String] = [:]
        for invocation in invocations.values {
            connections["\(invocation.id)"] = invocation.connections
        }
        for owner in promises.keys {
            for name in promises.names(of: owner) {
                let waiting = promises.waiting(for: name, of: owner)
                    .filter { invocations.contains($0.asker.id) }
                guard !waiting.isEmpty else { continue }
                connections["promise \(owner.name) \(Array(name.text.utf8))"] =
                    waiting.map { "\($0.asker.id) \($0.completion)" }.sorted().description
            }
        }
        for owner in locks.keys {
            let queue = locks.waiting(for: owner).compactMap { waiting -> String? in
                switch waiting {
                case .newState(let edit): return "edit \(edit.sequence)"
                case .invocation(let id):
                    guard case .inboxed = invocations[id]?.phase else { return nil }
                    return "\(id)"
                }
            }
            connections["lock \(owner.name)"] =
                "\(locks.holder(of: owner).map { "\($0)" } ?? "nobody") \(queue)"
        }
        let ofAttempts = attempts.values.filter { $0.deadline != nil }.count
        let ofRoom = room.isLookPlanned ? 1 : 0
        connections["deadlines"] = "\(deadlines.count - ofAttempts - ofRoom)"
        connections["archive"] =
            "\(results.archivedBytes) \(results.idsWithJournal.map(\.text).sorted())"
        return connections
    }
}

extension StateOwner {
    /// With the key's bytes: to a dictionary of texts two spellings of a letter are one.
    fileprivate var name: String { "\(service)/\(Array(key.utf8))" }
}

extension OpenInvocation {
    fileprivate var connections: String {
        let commands = links.listeners.compactMap { listener -> String? in
            guard case .command(let asker, let completion, let type) = listener else { return nil }
            let id = asker.id
            return "\(id) \(completion) \(type)"
        }
        return """
            listeners \(commands.sorted()) sleeps \(links.sleeps.keys.sorted()) children \(links.children)
            results \(journal.results.map { "\($0.key) \($0.value)" }.sorted()) output \("\(journal.output, default: "none")")
            commands \(journal.commandCount) runs \(journal.openRuns) modified \(progress.modifiedAt)
            last entry \(journal.lastEntryAt)
            deadline \(phase.deadline != nil) journal \(journal.count)
            """
    }
}
