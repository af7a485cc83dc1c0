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

    /// What is read at the start of a finished invocation. The rest stays in the archive.
    package struct Finished: Sendable {
        package var serial: UInt64
        package var id: InvocationIdentity
        package var expires: Timestamp
        package var completedAt: Timestamp
        /// The bytes of the journal; 0 if it is not kept.
        package var journalSize = 0
    }

    /// The records of open invocations in the order of their serial numbers.
    package var invocations: [(serial: UInt64, record: Bytes)] = []
    package var finished: [Finished] = []
    /// When the next journal goes before its invocation does; nil if there is none.
    package var nextJournalEnd: Timestamp?
    /// Where the finished invocations are read.
    package var archive: (any ResultArchive)?
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

extension StoredData.Finished {
    /// - Parameter id: the 24 bytes of the id; nil if there are not so many.
    package init?(serial: UInt64, id: [UInt8], expires: Timestamp, completedAt: Timestamp) {
        guard let id = InvocationIdentity(stored: id) else { return nil }
        self.serial = serial
        self.id = id
        self.expires = expires
        self.completedAt = completedAt
    }

    /// Reads it from a record of the time when open and finished invocations were stored alike.
    /// Returns nil if the invocation is open.
    package init?(serial: UInt64, record bytes: Bytes) throws(DamagedRecord) {
        do throws(WireError) {
            let record = try InvocationRecord(decoding: bytes)
            guard let ending = record.ending else { return nil }
            self.init(
                serial: serial, id: record.head.id, expires: ending.expires,
                completedAt: ending.completedAt)
        } catch {
            throw DamagedRecord("invocation number \(serial)", error)
        }
    }
}

/// When the journal of a finished invocation goes, if its result stays longer.
package struct JournalEnd: Sendable {
    package var serial: UInt64
    package var id: InvocationIdentity
    package var expires: Timestamp

    /// Reads it from a record of the time when it was not stored by itself. Returns nil if the
    /// invocation is open, or its journal stays as long as the result does.
    package init?(serial: UInt64, record bytes: Bytes) throws(DamagedRecord) {
        do throws(WireError) {
            let record = try InvocationRecord(decoding: bytes)
            guard let ending = record.ending else { return nil }
            let finished = FinishedInvocation(record, ending, isJournalKept: true)
            guard let end = finished.journalExpires else { return nil }
            self.serial = serial
            id = record.head.id
            expires = end
        } catch {
            throw DamagedRecord("invocation number \(serial)", error)
        }
    }
}

/// A stored record is not what was stored. The text names the record and the reason.
package struct DamagedRecord: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ record: String, _ reason: some CustomStringConvertible) {
        description = "\(record) cannot be read: \(reason)"
    }
}
