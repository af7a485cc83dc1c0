internal import CSQLite

/// A database of SQLite: in memory for one query, or a file.
///
/// Not Sendable: made, asked and thrown away by one task, or confined to one loop.
final class Database {
    private let handle: OpaquePointer
    /// What the statement that is being prepared reads: table to columns.
    private(set) var reads: [String: Set<String>] = [:]
    private var isGuarded = false
    private var deadline: ContinuousClock.Instant?

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

    /// Compiles the query. After it nothing can be changed with SQL, and ``reads`` says what the
    /// query needs.
    func prepare(query sql: String) throws(SQLError) -> Statement {
        let database = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_set_authorizer(
            handle,
            { database, action, table, column, _, _ in
                guard let database else { return SQLITE_DENY }
                return Unmanaged<Database>.fromOpaque(database).takeUnretainedValue()
                    .allows(action, table, column)
            }, database)
        defer { sqlite3_set_authorizer(handle, nil, nil) }
        let statement = try prepare(sql)
        guard sqlite3_stmt_readonly(statement.handle) != 0 else {
            throw SQLError("only queries are possible here")
        }
        return statement
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

    private func allows(
        _ action: Int32, _ table: UnsafePointer<CChar>?, _ column: UnsafePointer<CChar>?
    ) -> Int32 {
        switch action {
        case SQLITE_READ:
            if let table {
                let column = column.map { String(cString: $0) } ?? ""
                reads[String(cString: table), default: []].insert(column)
            }
            return SQLITE_OK
        case SQLITE_FUNCTION:
            let name = column.map { String(cString: $0).lowercased() } ?? ""
            return name == "load_extension" ? SQLITE_DENY : SQLITE_OK
        case SQLITE_SELECT, SQLITE_RECURSIVE: return SQLITE_OK
        default: return SQLITE_DENY
        }
    }

    /// A query that takes longer is given up: nobody shall be able to keep a core busy for ever.
    func limit(to time: Duration) {
        deadline = .now + time
        sqlite3_progress_handler(
            handle, 10_000,
            { database in
                guard let database else { return 0 }
                return Unmanaged<Database>.fromOpaque(database).takeUnretainedValue().isOverdue
                    ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private var isOverdue: Bool { deadline.map { ContinuousClock.now > $0 } ?? false }

    /// No value may be longer, whatever a query makes up.
    func limitValues(to bytes: Int32) {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, bytes)
    }

    /// Names in double quotes are never taken for strings.
    func takeQuotesForNames() {
        sqlite_no_double_quoted_strings(handle)
    }

    /// Adds the functions that the CLI uses and SQLite has not.
    func addFunctions() throws(SQLError) {
        try FirstValue.add(to: handle)
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

    /// The results' columns, and what they hold when they come from a table as they are.
    var columns: [(name: String, type: ColumnType?)] {
        (0..<sqlite3_column_count(handle)).map { index in
            let type = sqlite3_column_decltype(handle, index).map { String(cString: $0) }
            return (
                sqlite3_column_name(handle, index).map { String(cString: $0) } ?? "",
                type.flatMap(ColumnType.init(rawValue:))
            )
        }
    }

    /// The next row; nil after the last.
    func next() throws(SQLError) -> [SQLValue]? {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return (0..<sqlite3_column_count(handle)).map(value)
        case SQLITE_DONE: return nil
        case SQLITE_INTERRUPT: throw SQLError("the query took too long and was given up")
        default: throw database.failure()
        }
    }

    /// Runs it once with these values.
    func run(_ values: [SQLValue]) throws(SQLError) {
        defer { sqlite3_reset(handle) }
        for (index, value) in values.enumerated() {
            // A place that took no value would keep the last one.
            guard bind(value, Int32(index + 1)) == SQLITE_OK else { throw database.failure() }
        }
        guard sqlite3_step(handle) == SQLITE_DONE else { throw database.failure() }
    }

    private func bind(_ value: SQLValue, _ index: Int32) -> Int32 {
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

    private func value(_ index: Int32) -> SQLValue {
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
