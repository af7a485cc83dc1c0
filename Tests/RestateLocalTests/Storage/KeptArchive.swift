import Primitives
import RestateProtocol

@testable import RestateRuntime

/// The finished invocations and all journals of a folder that is only a value. Its reads can fail.
final class KeptArchive: ResultArchive {
    private struct Contents {
        var finished: [UInt64: StoreBatch.Finished] = [:]
        var journals: [UInt64: [(first: Int, entries: [UInt8])]] = [:]
        var failure: ArchiveFailure?
        var reads = 0

        func result(_ ended: StoreBatch.Finished) -> StoredResult {
            StoredResult(
                record: ended.record[...], isJournalKept: journals[ended.serial] != nil)
        }

        func end(of what: RetainedPart, _ ended: StoreBatch.Finished) -> Timestamp? {
            switch what {
            case .results: ended.expires
            case .journals: journals[ended.serial] == nil ? nil : ended.journalExpires
            }
        }
    }

    private let contents = Locked(Contents())

    /// From now on every read fails; with nil none does.
    func fail(_ failure: ArchiveFailure?) { contents.withLock { $0.failure = failure } }

    /// How often something was read.
    var reads: Int { contents.withLock { $0.reads } }

    func apply(_ batch: StoreBatch) {
        contents.withLock { contents in
            for (serial, record) in batch.invocations where record == nil {
                contents.finished[serial] = nil
                contents.journals[serial] = nil
            }
            for ended in batch.finished { contents.finished[ended.serial] = ended }
            for serial in batch.droppedJournals { contents.journals[serial] = nil }
            for part in batch.journals {
                contents.journals[part.serial, default: []].append((part.first, Array(part.bytes)))
            }
        }
    }

    func load(into data: inout StoredData) throws {
        let (finished, journals) = contents.withLock { ($0.finished, $0.journals) }
        data.archive = self
        for ended in finished.values.sorted(by: { $0.serial < $1.serial }) {
            var read = try StoredData.Finished(serial: ended.serial, record: ended.record[...])
            read?.journalSize =
                journals[ended.serial]?.reduce(0) { $0 + $1.entries.count } ?? 0
            if let read { data.finished.append(read) }
        }
        data.nextJournalEnd = finished.values
            .filter { journals[$0.serial] != nil }.compactMap(\.journalExpires).min()
        for (serial, parts) in journals where finished[serial] == nil {
            for part in parts { try data.append(part.entries, from: part.first, to: serial) }
        }
    }

    private func read<Answer: Sendable>(
        _ body: (Contents) -> Answer
    ) throws(ArchiveFailure) -> Answer {
        let answer = contents.withLock { contents -> Result<Answer, ArchiveFailure> in
            contents.reads += 1
            return contents.failure.map { .failure($0) } ?? .success(body(contents))
        }
        return try answer.get()
    }

    func record(_ serial: UInt64) throws(ArchiveFailure) -> StoredResult? {
        try read { contents in contents.finished[serial].map(contents.result) }
    }

    func journal(_ serial: UInt64) throws(ArchiveFailure) -> ArchivedJournal {
        let parts = try read { $0.journals[serial]?.map(\.entries) ?? [] }
        guard let journal = ArchivedJournal(stored: parts) else {
            throw ArchiveFailure("journal number \(serial) is not whole")
        }
        return journal
    }

    func records(
        after serial: UInt64, limit: Int
    ) throws(ArchiveFailure) -> [(serial: UInt64, record: StoredResult)] {
        try read { contents in
            contents.finished.values.filter { $0.serial > serial }
                .sorted { $0.serial < $1.serial }.prefix(limit)
                .map { ($0.serial, contents.result($0)) }
        }
    }

    func expiring(
        _ what: RetainedPart, after place: ExpiryPlace, until time: Timestamp, limit: Int
    ) throws(ArchiveFailure) -> [(place: ExpiryPlace, id: InvocationIdentity)] {
        try read { contents in
            contents.finished.values
                .compactMap { ended in
                    contents.end(of: what, ended).map {
                        (ExpiryPlace(expires: $0, serial: ended.serial), ended.id)
                    }
                }
                .filter { $0.0 > place && $0.0.expires <= time }
                .sorted { $0.0 < $1.0 }.prefix(limit).map { (place: $0.0, id: $0.1) }
        }
    }
}
