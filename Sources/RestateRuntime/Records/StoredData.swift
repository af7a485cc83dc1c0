package import RestateProtocol

/// Everything that a data folder contains, not yet decoded.
package struct StoredData: Sendable {
    /// Stored numbers are below this limit, so that counters which continue from them cannot
    /// overflow.
    package static let numberLimit: UInt64 = 1 << 62

    package struct Journal: Sendable {
        package var entries = ArchivedJournal()
        /// The number of entries.
        package var count = 0
    }

    /// The records in the order of their serial numbers.
    package var invocations: [(serial: UInt64, record: Bytes)] = []
    package var journals: [UInt64: Journal] = [:]
    package var states: [StateOwner: ObjectState] = [:]
    package var promises: [(owner: StateOwner, name: String, result: Bytes)] = []
    package var edits: [(sequence: UInt64, record: Bytes)] = []
    package var registry: [UInt8]?

    package init() {}
}

extension StoredData {
    /// Adds entries to a journal. Throws if they do not follow the last one directly, or are cut
    /// off.
    package mutating func append(
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

/// A stored record is not what was stored. The text names the record and the reason.
package struct DamagedRecord: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ record: String, _ reason: some CustomStringConvertible) {
        description = "\(record) cannot be read: \(reason)"
    }
}
