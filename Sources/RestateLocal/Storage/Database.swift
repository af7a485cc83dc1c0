internal import CSQLite

/// A database of SQLite: a file, or in memory.
///
/// Not Sendable: confined to one loop.
final class Database {
    private let handle: OpaquePointer

    /// - Parameter path: of a file, which is made if there is none.
    init(path: String = ":memory:") throws(SQLError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(
            path, &handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            sqlite3_close(handle)
            throw SQLError(String(cString: sqlite3_errstr(code)), code: code)
        }
        self.handle = handle
    }

    deinit { sqlite3_close_v2(handle) }

    /// Whether what was committed moves into the file itself when it is closed.
    func checkpoint(onClose: Bool) {
        sqlite_checkpoint_on_close(handle, onClose ? 1 : 0)
    }

    func execute(_ sql: String) throws(SQLError) {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw failure() }
    }

    func prepare(_ sql: String) throws(SQLError) -> Statement {
        var statement: OpaquePointer?
        var rest = 0
        let code = sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
            if let tail { rest = tail - text }
            return code
        }
        guard code == SQLITE_OK else { throw failure() }
        guard let statement else { throw SQLError("the query is empty") }
        let prepared = Statement(statement, self)
        let tail = sql.utf8.dropFirst(rest)
        guard
            tail.allSatisfy({ $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 || $0 == 0x3b })
        else { throw SQLError("one statement at a time") }
        return prepared
    }

    /// No value may be longer.
    func limitValues(to bytes: Int32) {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, bytes)
    }

    fileprivate func failure() -> SQLError {
        SQLError(String(cString: sqlite3_errmsg(handle)), code: sqlite3_errcode(handle))
    }
}

/// What SQLite has to say, as it says it.
struct SQLError: Error, CustomStringConvertible {
    let description: String
    /// SQLite's result code without its details; 0 if it comes from here.
    let code: Int32

    init(_ description: String, code: Int32 = 0) {
        self.description = description
        self.code = code & 0xFF
    }
}

/// A compiled statement.
final class Statement {
    fileprivate let handle: OpaquePointer
    private let database: Database

    fileprivate init(_ handle: OpaquePointer, _ database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// The next row; nil after the last.
    func next() throws(SQLError) -> [StoredValue]? {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return (0..<sqlite3_column_count(handle)).map(value)
        case SQLITE_DONE: return nil
        default: throw database.failure()
        }
    }

    /// Runs it once with these values.
    func run(_ values: [StoredValue]) throws(SQLError) {
        defer { sqlite3_reset(handle) }
        for (index, value) in values.enumerated() {
            // A place that took no value would keep the last one.
            guard bind(value, Int32(index + 1)) == SQLITE_OK else { throw database.failure() }
        }
        guard sqlite3_step(handle) == SQLITE_DONE else { throw database.failure() }
    }

    private func bind(_ value: StoredValue, _ index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .real(let number): sqlite3_bind_double(handle, index, number)
        case .text(var text):
            text.withUTF8 {
                sqlite_bind_text(handle, index, $0.baseAddress, Int32(clamping: $0.count))
            }
        case .bytes(let bytes):
            bytes.withUnsafeBytes {
                sqlite_bind_bytes(handle, index, $0.baseAddress, Int32(clamping: $0.count))
            }
        }
    }

    private func value(_ index: Int32) -> StoredValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            return .text(
                String(
                    decoding: UnsafeRawBufferPointer(
                        start: sqlite3_column_text(handle, index),
                        count: Int(sqlite3_column_bytes(handle, index))), as: UTF8.self))
        case SQLITE_BLOB:
            return .bytes(
                Array(
                    UnsafeRawBufferPointer(
                        start: sqlite3_column_blob(handle, index),
                        count: Int(sqlite3_column_bytes(handle, index)))))
        default: return .null
        }
    }
}
