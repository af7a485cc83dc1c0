internal import Primitives
internal import RestateProtocol
internal import RestateRuntime
internal import SQLite

/// Reads finished invocations from a data folder, over a connection of its own: so a read does not
/// wait until the batch on its way is on the disk.
///
/// The engine's loop and the threads of queries share the connection. Each read holds it for
/// microseconds, a page of a query for less than a millisecond.
final class FolderArchive: ResultArchive {
    private struct Reader {
        let record: Statement
        let journal: Statement
        let page: Statement
        let expiring: Statement
        let expiringJournals: Statement

        init(_ file: String) throws(SQLiteError) {
            let database = try Database(path: file)
            // The log is the writer's: a reader waits for it in the moment in which it begins anew.
            try database.execute("PRAGMA query_only = ON; PRAGMA busy_timeout = 5000")
            let columns =
                "record, EXISTS (SELECT 1 FROM journals AS j WHERE j.serial = f.serial) "
                + "FROM finished AS f"
            record = try database.prepare("SELECT \(columns) WHERE serial = ?")
            journal = try database.prepare(
                "SELECT entries FROM journals WHERE serial = ? ORDER BY first")
            page = try database.prepare(
                "SELECT serial, \(columns) WHERE serial > ? ORDER BY serial LIMIT ?")
            func expiring(from table: String) throws(SQLiteError) -> Statement {
                try database.prepare(
                    "SELECT expires, serial, id FROM \(table) WHERE (expires, serial) > (?, ?) "
                        + "AND expires <= ? ORDER BY expires, serial LIMIT ?")
            }
            self.expiring = try expiring(from: "finished")
            expiringJournals = try expiring(from: "journal_ends")
        }
    }

    private enum Access {
        /// It is opened by the first read, when the folder is ready.
        case unopened
        case open(Reader)
        case closed
    }

    private let path: String
    private let access = Locked(Access.unopened)

    init(_ path: String) { self.path = path }

    /// Every later read fails.
    func close() { access.withLock { $0 = .closed } }

    func record(_ serial: UInt64) throws(ArchiveFailure) -> StoredResult? {
        try read { reader throws(SQLiteError) in
            try reader.record.rows([.number(serial)]).first.map { Self.result($0, from: 0) }
        }
    }

    private static func result(_ row: [SQLiteValue], from column: Int) -> StoredResult {
        StoredResult(
            record: row.bytes(column)[...], isJournalKept: row.number(column + 1) != 0)
    }

    func journal(_ serial: UInt64) throws(ArchiveFailure) -> ArchivedJournal {
        let parts = try read { reader throws(SQLiteError) in
            try reader.journal.rows([.number(serial)]).map { $0.bytes(0) }
        }
        guard let journal = ArchivedJournal(stored: parts) else {
            throw failure("the journal of invocation number \(serial) is not whole")
        }
        return journal
    }

    func records(
        after serial: UInt64, limit: Int
    ) throws(ArchiveFailure) -> [(serial: UInt64, record: StoredResult)] {
        try read { reader throws(SQLiteError) in
            try reader.page.rows([.number(serial), .integer(Int64(limit))]).map {
                ($0.number(0), Self.result($0, from: 1))
            }
        }
    }

    func expiring(
        _ what: RetainedPart, after place: ExpiryPlace, until time: Timestamp, limit: Int
    ) throws(ArchiveFailure) -> [(place: ExpiryPlace, id: InvocationIdentity)] {
        try read { reader throws(SQLiteError) in
            let statement =
                switch what {
                case .results: reader.expiring
                case .journals: reader.expiringJournals
                }
            let rows = try statement.rows([
                .time(place.expires), .number(place.serial), .time(time), .integer(Int64(limit)),
            ])
            return rows.compactMap { row in
                let place = ExpiryPlace(expires: row.number(0), serial: row.number(1))
                return InvocationIdentity(stored: row.bytes(2)).map { (place, $0) }
            }
        }
    }

    private func read<Answer: Sendable>(
        _ body: @Sendable (Reader) throws(SQLiteError) -> Answer
    ) throws(ArchiveFailure) -> Answer {
        let answer = access.withLock { access -> Result<Answer, SQLiteError> in
            Result { () throws(SQLiteError) in try body(Self.reader(&access, path)) }
        }
        do throws(SQLiteError) {
            return try answer.get()
        } catch {
            throw failure("\(error)")
        }
    }

    private static func reader(
        _ access: inout Access, _ path: String
    ) throws(SQLiteError) -> Reader {
        switch access {
        case .open(let reader): return reader
        case .closed: throw SQLiteError("it is closed")
        case .unopened:
            let reader = try Reader("\(path)/\(DataFolder.fileName)")
            access = .open(reader)
            return reader
        }
    }

    private func failure(_ reason: String) -> ArchiveFailure {
        ArchiveFailure(
            "The data folder '\(path)' cannot be read: \(reason). Nothing is lost; ask again.")
    }
}
