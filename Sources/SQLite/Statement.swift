internal import CSQLite

/// A compiled statement.
package final class Statement {
    private let handle: OpaquePointer
    private let database: Database

    init(_ handle: OpaquePointer, _ database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// The next row; nil after the last.
    package func next() throws(SQLiteError) -> [SQLiteValue]? {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return (0..<sqlite3_column_count(handle)).map(value)
        case SQLITE_DONE: return nil
        default: throw database.failure()
        }
    }

    /// Runs it once with these values.
    package func run(_ values: [SQLiteValue]) throws(SQLiteError) {
        defer { sqlite3_reset(handle) }
        try bind(values)
        guard sqlite3_step(handle) == SQLITE_DONE else { throw database.failure() }
    }

    /// All rows of the query with these values.
    package func rows(_ values: [SQLiteValue]) throws(SQLiteError) -> [[SQLiteValue]] {
        defer { sqlite3_reset(handle) }
        try bind(values)
        var rows: [[SQLiteValue]] = []
        while let row = try next() { rows.append(row) }
        return rows
    }

    private func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
        for (index, value) in values.enumerated() {
            // A place that took no value would keep the last one.
            guard bind(value, Int32(index + 1)) == SQLITE_OK else { throw database.failure() }
        }
    }

    private func bind(_ value: SQLiteValue, _ index: Int32) -> Int32 {
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

    private func value(_ index: Int32) -> SQLiteValue {
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
