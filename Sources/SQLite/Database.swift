internal import CSQLite

/// A database of SQLite: a file, or in memory.
///
/// Not Sendable: confined to one loop.
package final class Database {
    private let handle: OpaquePointer

    /// - Parameter path: of a file, which is made if there is none.
    package init(path: String = ":memory:") throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(
            path, &handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            sqlite3_close(handle)
            throw SQLiteError(String(cString: sqlite3_errstr(code)), code: code)
        }
        self.handle = handle
    }

    deinit { sqlite3_close_v2(handle) }

    /// Whether what was committed moves into the file itself when it is closed.
    package func checkpoint(onClose: Bool) {
        sqlite_checkpoint_on_close(handle, onClose ? 1 : 0)
    }

    package func execute(_ sql: String) throws(SQLiteError) {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw failure() }
    }

    package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        var statement: OpaquePointer?
        var rest = 0
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
            if let tail { rest = tail - text }
            return code
        }
        guard code == SQLITE_OK else { throw failure() }
        guard let statement else { throw SQLiteError("the query is empty") }
        let prepared = Statement(statement, self)
        let tail = sql.utf8.dropFirst(rest)
        guard
            tail.allSatisfy({ $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 || $0 == 0x3b })
        else { throw SQLiteError("one statement at a time") }
        return prepared
    }

    /// The one number that a query gives.
    package func number(_ sql: String) throws(SQLiteError) -> Int64 {
        guard case .integer(let number)? = try prepare(sql).next()?.first else {
            throw SQLiteError("'\(sql)' gives no number", code: SQLITE_CORRUPT)
        }
        return number
    }

    /// No value may be longer.
    package func limitValues(to bytes: Int32) {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, bytes)
    }

    func failure() -> SQLiteError {
        SQLiteError(String(cString: sqlite3_errmsg(handle)), code: sqlite3_errcode(handle))
    }
}
