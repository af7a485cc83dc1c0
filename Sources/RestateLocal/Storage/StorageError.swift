import RestateRuntime
import SQLite

/// Why the data folder cannot be used, as a sentence that also says what to do.
struct StorageError: Error, Equatable, CustomStringConvertible {
    enum Kind: Sendable {
        /// Another process has the folder.
        case inUse
        /// There can be no folder at that path.
        case place
        case contents
    }

    let description: String
    let kind: Kind

    init(_ description: String, _ kind: Kind = .contents) {
        self.description = description
        self.kind = kind
    }

    init(opening path: String, _ error: SQLiteError) {
        let folder = "The data folder '\(path)'"
        let file = "'\(path)/\(DataFolder.fileName)'"
        kind = [SQLiteError.busy, SQLiteError.locked].contains(error.code) ? .inUse : .contents
        description =
            switch error.code {
            case SQLiteError.busy, SQLiteError.locked:
                "\(folder) is in use by another local runtime. Stop that one, or name another "
                    + "folder."
            case SQLiteError.notADatabase:
                "\(file) is not a database of a local runtime: \(error). Name another folder."
            case SQLiteError.mismatch:
                "\(folder) cannot be read: \(error). Use that version, or name another folder."
            case SQLiteError.corrupt:
                "The database \(file) is damaged: \(error). Nothing in it was changed; restore a "
                    + "copy, or name another folder."
            case SQLiteError.full: "\(folder) cannot be opened: the disk is full. Make room on it."
            default:
                "\(folder) cannot be opened: \(error). It must be writable for this process."
            }
    }

    init(damaged path: String, _ record: DamagedRecord) {
        kind = .contents
        description =
            "The database '\(path)/\(DataFolder.fileName)' is damaged: \(record). Nothing in it "
            + "was changed; restore a copy, or name another folder."
    }

    init(writing path: String, _ error: SQLiteError) {
        let advice =
            error.code == SQLiteError.full
            ? "Make room on the disk and start again" : "Repair that and start again"
        kind = .contents
        description =
            "The data folder '\(path)' cannot be written: \(error). Nothing more is accepted or "
            + "answered; what was acknowledged is stored. \(advice)."
    }
}
