import Primitives
package import RestateProtocol

/// The finished invocations that are stored, for reading. The runtime asks it for what it does not
/// keep in memory.
///
/// A read sees at least all batches of which the runtime was told that they are stored. It takes
/// microseconds, and may come from any thread.
package protocol ResultArchive: Sendable {
    /// Returns nil if nothing is stored under this number.
    func record(_ serial: UInt64) throws(ArchiveFailure) -> StoredResult?

    /// Returns no entries if the journal is not kept.
    func journal(_ serial: UInt64) throws(ArchiveFailure) -> ArchivedJournal

    /// Returns the records behind a serial number, in the order of the numbers.
    func records(
        after serial: UInt64, limit: Int
    ) throws(ArchiveFailure) -> [(serial: UInt64, record: StoredResult)]

    /// Returns the invocations whose retention ends behind a place and not after `time`, the
    /// earliest first. Of journals, only those have a retention of their own that go before the
    /// result does.
    func expiring(
        _ what: RetainedPart, after place: ExpiryPlace, until time: Timestamp, limit: Int
    ) throws(ArchiveFailure) -> [(place: ExpiryPlace, id: InvocationIdentity)]
}

/// What is kept of a finished invocation for a time of its own.
package enum RetainedPart: Sendable { case results, journals }

/// The record of a finished invocation, as it is stored.
package struct StoredResult: Sendable {
    package var record: Bytes
    package var isJournalKept: Bool

    package init(record: Bytes, isJournalKept: Bool) {
        self.record = record
        self.isJournalKept = isJournalKept
    }
}

/// A place in the order in which retentions end.
package struct ExpiryPlace: Equatable, Comparable, Sendable {
    package var expires: Timestamp
    package var serial: UInt64

    package init(expires: Timestamp, serial: UInt64) {
        self.expires = expires
        self.serial = serial
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.expires, left.serial) < (right.expires, right.serial)
    }
}

/// A finished invocation cannot be read from where it is stored. It stays there, and may be asked
/// for again.
package struct ArchiveFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension ResultArchive {
    /// Reads a finished invocation. Returns nil if nothing is stored under this number.
    package func finished(_ serial: UInt64) throws(ArchiveFailure) -> FinishedInvocation? {
        guard let stored = try record(serial) else { return nil }
        return try Self.finished(serial, stored)
    }

    /// Reads finished invocations behind a serial number. No more are there when the answer is
    /// empty.
    package func finished(
        after serial: UInt64, limit: Int = 100
    ) throws(ArchiveFailure) -> [FinishedInvocation] {
        var page: [FinishedInvocation] = []
        for (serial, stored) in try records(after: serial, limit: limit) {
            page.append(try Self.finished(serial, stored))
        }
        return page
    }

    private static func finished(
        _ serial: UInt64, _ stored: StoredResult
    ) throws(ArchiveFailure) -> FinishedInvocation {
        do throws(WireError) {
            var record = try InvocationRecord(decoding: stored.record)
            record.head.serial = serial
            guard let ending = record.ending else { throw .missing("its ending") }
            return FinishedInvocation(record, ending, isJournalKept: stored.isJournalKept)
        } catch {
            throw ArchiveFailure("invocation number \(serial) cannot be read: \(error)")
        }
    }
}
