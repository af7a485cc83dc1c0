import Restate
import RestateProtocol

/// Everything that was stored, as it was stored.
struct StoredData: Sendable {
    /// What is counted stays far below, so that counting on is always possible.
    static let numberLimit: UInt64 = 1 << 62

    struct Journal: Sendable {
        var entries = ArchivedJournal()
        /// So many entries are there.
        var count = 0
    }

    /// In the order of their numbers.
    var invocations: [(serial: UInt64, record: Bytes)] = []
    var journals: [UInt64: Journal] = [:]
    var states: [StateOwner: ObjectState] = [:]
    var promises: [(owner: StateOwner, name: String, result: Bytes)] = []
    var edits: [(sequence: UInt64, record: Bytes)] = []
    var registry: [UInt8]?
}

extension StoredData {
    /// Adds entries behind those that are there.
    mutating func append(
        _ entries: [UInt8], from first: Int, to serial: UInt64
    ) throws(DamagedRecord) {
        let name = "the journal of invocation number \(serial)"
        var journal = journals.removeValue(forKey: serial) ?? Journal()
        guard first == journal.count else {
            throw DamagedRecord(name, "entry \(journal.count) is missing")
        }
        var added = ArchivedJournal()
        guard added.append(stored: entries), journal.entries.append(stored: entries) else {
            throw DamagedRecord(name, "entry \(first) is not whole")
        }
        journal.count += added.count
        journals[serial] = journal
    }
}

/// A record that cannot be what was stored.
struct DamagedRecord: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ record: String, _ reason: some CustomStringConvertible) {
        description = "\(record) cannot be read: \(reason)"
    }
}
