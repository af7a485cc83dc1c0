internal import CSQLite

/// What SQLite has to say, as it says it.
package struct SQLiteError: Error, CustomStringConvertible {
    package let description: String
    /// SQLite's result code without its details; 0 if it comes from here.
    package let code: Int32

    package init(_ description: String, code: Int32 = 0) {
        self.description = description
        self.code = code & 0xFF
    }

    // The codes that mean something to a caller.
    package static let cannotOpen = SQLITE_CANTOPEN
    package static let busy = SQLITE_BUSY
    package static let locked = SQLITE_LOCKED
    package static let notADatabase = SQLITE_NOTADB
    package static let mismatch = SQLITE_MISMATCH
    package static let corrupt = SQLITE_CORRUPT
    package static let full = SQLITE_FULL
}
