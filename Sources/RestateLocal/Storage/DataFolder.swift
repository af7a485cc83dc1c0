internal import Glibc
import RestateProtocol
internal import RestateRuntime
internal import SQLite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The folder with everything that must outlive the process, in one SQLite database.
///
/// Whoever opens it has it alone, until it is closed or the process ends. Loop-confined.
final class DataFolder {
    static let fileName = "restate-local.sqlite"
    /// Tells the database from those of other programs: "RStL".
    static let application: Int64 = 0x5253_744C
    /// The version of the tables and records. Fields may be added without a new one.
    static let format: Int64 = 1

    let path: String
    let database: Database
    let isNew: Bool
    private var statements: WriteStatements?

    /// Opens the folder, and makes it if there is none. Until `begin`, nothing that is there is
    /// changed: what is refused is left as it was.
    init(_ path: String) throws(StorageError) {
        self.path = path
        try Self.makeFolder(path)
        let file = path + "/" + Self.fileName
        let hasLog = FileManager.default.fileExists(atPath: file + "-wal")
        do throws(SQLiteError) {
            if Self.size(of: file + "-wal") > 0, Self.size(of: file) == 0 {
                // SQLite would throw the log away, with all that was acknowledged last.
                throw SQLiteError("it is empty, but its log is not", code: SQLiteError.corrupt)
            }
            Self.makeFile(file)
            database = try Database(path: file)
            // From the first look on, and for as long as the process lives.
            try database.execute("PRAGMA locking_mode = EXCLUSIVE")
            // A log that is there stays there; an empty one of our own goes again.
            database.checkpoint(onClose: !hasLog)
        } catch {
            throw StorageError(opening: path, error)
        }
        do throws(SQLiteError) {
            let tables = try database.number("SELECT count(*) FROM sqlite_schema")
            let application = try database.number("PRAGMA application_id")
            let format = try database.number("PRAGMA user_version")
            isNew = tables == 0 && application == 0 && format == 0
            if !isNew, application != Self.application {
                throw SQLiteError("it belongs to another program", code: SQLiteError.notADatabase)
            }
            if format > Self.format {
                throw SQLiteError(
                    "it was written by a newer version of this program (its format is \(format), "
                        + "this one knows formats up to \(Self.format))", code: SQLiteError.mismatch
                )
            }
            if !isNew { try Self.check(database) }
            // Only now: before, it could be the log of somebody who writes it.
            if WriteAheadLog.isDamaged(file + "-wal") {
                throw SQLiteError(
                    "commits in its log cannot be read any more", code: SQLiteError.corrupt)
            }
        } catch {
            throw StorageError(opening: path, error)
        }
    }

    /// 0 if there is no such file.
    private static func size(of file: String) -> UInt {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        return attributes?[.size] as? UInt ?? 0
    }

    private static func makeFolder(_ path: String) throws(StorageError) {
        let files = FileManager.default
        do {
            let parent = Self.parent(of: path)
            if !parent.isEmpty {
                try files.createDirectory(atPath: parent, withIntermediateDirectories: true)
            }
            // For nobody else, whatever the process's mask says: state and journals are in it.
            if mkdir(path, 0o700) != 0 {
                try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
        } catch {
            if files.fileExists(atPath: path) {
                throw StorageError(
                    "The data folder '\(path)' is a file. Name a folder, or one that is to be "
                        + "made.")
            }
            throw StorageError(
                "The data folder '\(path)' cannot be made. The folder that it is in must be "
                    + "writable for this process.")
        }
    }

    /// Empty if the folder lies in the current one.
    private static func parent(of path: String) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        while parts.last?.isEmpty == true { parts.removeLast() }
        return parts.dropLast().joined(separator: "/")
    }

    /// The log that SQLite puts beside it gets the same permissions. That it cannot be made is told when
    /// it is opened.
    private static func makeFile(_ file: String) {
        let descriptor = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Files of earlier versions could be read by everybody.
    private func closeToOthers() {
        for suffix in ["", "-wal", "-shm"] { chmod(path + "/" + Self.fileName + suffix, 0o600) }
    }

    private static func check(_ database: Database) throws(SQLiteError) {
        let result = try database.prepare("PRAGMA quick_check(1)").next()?.first
        guard case .text(let text) = result, text == "ok" else {
            var found = "no answer"
            // Under a headline there is one line.
            if case .text(let text) = result {
                found = String(text.split(separator: "\n").last ?? "")
            }
            throw SQLiteError(found, code: SQLiteError.corrupt)
        }
    }

    /// What was stored is understood: from here on there is more to store.
    ///
    /// - Parameter pageLimit: the most pages that the database may have.
    func begin(pageLimit: Int? = nil) throws(StorageError) {
        closeToOthers()
        do throws(SQLiteError) {
            try prepare()
            if let pageLimit { try database.execute("PRAGMA max_page_count = \(pageLimit)") }
            statements = try WriteStatements(database)
        } catch {
            throw StorageError(opening: path, error)
        }
    }

    private func prepare() throws(SQLiteError) {
        let mode = try database.prepare("PRAGMA journal_mode = WAL").next()?.first
        guard case .text("wal") = mode else {
            throw SQLiteError("it cannot have a write-ahead log", code: SQLiteError.cannotOpen)
        }
        // What was committed is on the disk, not only on its way.
        try database.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000")
        if isNew { try database.execute(Self.tables) }
        // A file that can only be read is told now, and not with the first change.
        try database.execute("BEGIN IMMEDIATE; COMMIT")
        // With a log of its own, what a crash leaves in it is of one crash.
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.checkpoint(onClose: true)
    }

    private static let tables = """
        BEGIN;
        CREATE TABLE invocations (serial INTEGER PRIMARY KEY, record BLOB NOT NULL);
        CREATE TABLE journals (serial INTEGER, first INTEGER, entries BLOB NOT NULL,
            PRIMARY KEY (serial, first)) WITHOUT ROWID;
        CREATE TABLE states (service TEXT, key TEXT, name BLOB, value BLOB NOT NULL,
            PRIMARY KEY (service, key, name)) WITHOUT ROWID;
        CREATE TABLE promises (service TEXT, key TEXT, name TEXT, result BLOB NOT NULL,
            PRIMARY KEY (service, key, name)) WITHOUT ROWID;
        CREATE TABLE edits (sequence INTEGER PRIMARY KEY, record BLOB NOT NULL);
        CREATE TABLE registry (number INTEGER PRIMARY KEY, record BLOB NOT NULL);
        PRAGMA application_id = \(application);
        PRAGMA user_version = \(format);
        COMMIT
        """

    // MARK: write

    /// Stores all of it, so that it is there after any crash, or nothing.
    func write(_ batch: StoreBatch) throws(StorageError) {
        guard let statements else { return }
        if let mistake = batch.mistake { throw StorageError(mistake) }
        do throws(SQLiteError) {
            try statements.begin.run([])
            try statements.write(batch)
            try statements.commit.run([])
        } catch {
            throw StorageError(writing: path, error)
        }
    }
}
