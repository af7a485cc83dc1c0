import RestateProtocol
internal import RestateRuntime
internal import SQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The folder with everything that must outlive the process, in one SQLite database.
///
/// The process that opens it has it exclusively until it is closed or the process ends. It is used
/// on the writer's loop only.
final class DataFolder {
    static let fileName = "restate-local.sqlite"
    /// SQLite's application id, which distinguishes this database from those of other programs:
    /// "RStL".
    static let application: Int64 = 0x5253_744C
    /// The version of the tables and records. Records can get new fields without a new version. In
    /// format 1, finished invocations stood among the open ones. In format 2, journals stayed as
    /// long as the results of their invocations, and large values stood in the way of all others.
    static let format: Int64 = 3

    let path: String
    private(set) var database: Database
    let isNew: Bool
    /// The version of what was found; 0 in a new database.
    let foundFormat: Int64
    /// What `begin` has to change in a folder of an earlier format.
    var migration = FolderMigration()
    private var statements: WriteStatements?
    /// The last property, because it must outlive the connection.
    private let lock: FolderLock

    /// Opens the folder, and creates it if it does not exist. Nothing in it is changed before
    /// `begin`, so that a folder that is refused stays as it was.
    init(_ path: String) throws(StorageError) {
        self.path = path
        try Self.makeFolder(path)
        let file = path + "/" + Self.fileName
        try FolderAccess.check(path)
        lock = try FolderLock(path)
        let hasLog = FileManager.default.fileExists(atPath: file + "-wal")
        if Self.size(of: file + "-wal") > 0, Self.size(of: file) == 0 {
            // SQLite would discard the log, with commits that were acknowledged.
            throw StorageError(
                opening: path,
                SQLiteError("it is empty, but its log is not", code: SQLiteError.corrupt))
        }
        try FolderAccess.makeFile(path)
        do throws(SQLiteError) {
            database = try Database(path: file)
            // Until `begin`, nobody else may see the database, and SQLite makes no file beside it.
            try database.execute("PRAGMA locking_mode = EXCLUSIVE")
            // An existing log is left as it is. One that this connection creates is removed when it
            // closes.
            database.checkpoint(onClose: !hasLog)
        } catch {
            throw StorageError(opening: path, error)
        }
        do throws(SQLiteError) {
            let tables = try database.number("SELECT count(*) FROM sqlite_schema")
            let application = try database.number("PRAGMA application_id")
            let format = try database.number("PRAGMA user_version")
            isNew = tables == 0 && application == 0 && format == 0
            foundFormat = format
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
            // This check needs the lock: before, another process could be writing the log.
            if WriteAheadLog.isDamaged(file + "-wal") {
                throw SQLiteError(
                    "commits in its log cannot be read any more", code: SQLiteError.corrupt)
            }
        } catch {
            throw StorageError(opening: path, error)
        }
    }

    /// Returns 0 if there is no such file.
    private static func size(of file: String) -> UInt {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        return attributes?[.size] as? UInt ?? 0
    }

    /// Creates the folder with its parents, if it does not exist.
    private static func makeFolder(_ path: String) throws(StorageError) {
        let files = FileManager.default
        do {
            let parent = Self.parent(of: path)
            if !parent.isEmpty {
                try files.createDirectory(atPath: parent, withIntermediateDirectories: true)
            }
            // State and journals are for the owner only, whatever the process's umask allows.
            if mkdir(path, 0o700) != 0 {
                try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
        } catch {
            if files.fileExists(atPath: path) {
                throw StorageError(
                    "The data folder '\(path)' is a file. Name a folder, or a path for a new "
                        + "one.", .place)
            }
            throw StorageError(
                "The data folder '\(path)' cannot be created. Its parent folder must be writable "
                    + "for this process.", .place)
        }
    }

    /// Returns an empty string if the folder is in the current one.
    private static func parent(of path: String) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        while parts.last?.isEmpty == true { parts.removeLast() }
        return parts.dropLast().joined(separator: "/")
    }

    /// Removes the permissions that earlier versions gave to everybody.
    private func closeToOthers() {
        for suffix in ["", "-wal", "-shm"] { chmod(path + "/" + Self.fileName + suffix, 0o600) }
    }

    /// Has SQLite check the structure of the database, so that damage is found before anything is
    /// written.
    private static func check(_ database: Database) throws(SQLiteError) {
        let result = try database.prepare("PRAGMA quick_check(1)").next()?.first
        guard case .text(let text) = result, text == "ok" else {
            var found = "no answer"
            // SQLite puts a headline before the one line that was asked for.
            if case .text(let text) = result {
                found = String(text.split(separator: "\n").last ?? "")
            }
            throw SQLiteError(found, code: SQLiteError.corrupt)
        }
    }

    /// Prepares the folder for writing, after what was stored has been understood.
    ///
    /// - Parameter pageLimit: the most pages that the database may have.
    func begin(pageLimit: Int? = nil) throws(StorageError) {
        closeToOthers()
        do throws(SQLiteError) {
            // The archive reads while this connection writes, which an exclusive one forbids. It
            // must be closed before the next one opens.
            database = try Database()
            database = try Database(path: path + "/" + Self.fileName)
            try prepare()
            if let pageLimit { try database.execute("PRAGMA max_page_count = \(pageLimit)") }
            statements = try WriteStatements(database)
        } catch {
            throw StorageError(opening: path, error)
        }
    }

    /// Sets the modes of the connection, and creates the tables in a new database.
    private func prepare() throws(SQLiteError) {
        let mode = try database.prepare("PRAGMA journal_mode = WAL").next()?.first
        guard case .text("wal") = mode else {
            throw SQLiteError("it cannot have a write-ahead log", code: SQLiteError.cannotOpen)
        }
        // With FULL a commit is on the disk when it returns, not only in the system's cache.
        try database.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000")
        if isNew {
            try database.execute(Self.tables)
        } else if foundFormat < Self.format {
            try migration.run(database, from: foundFormat)
            migration = FolderMigration()
        }
        // A file without write permission is reported now and not at the first change.
        try database.execute("BEGIN IMMEDIATE; COMMIT")
        // The log begins empty, so that what a crash leaves in it comes from this process.
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.checkpoint(onClose: true)
    }

    private static let tables = """
        BEGIN;
        CREATE TABLE invocations (serial INTEGER PRIMARY KEY, record BLOB NOT NULL);
        \(FolderMigration.tableOfFinished)
        \(FolderMigration.tableOfJournalEnds)
        \(FolderMigration.tablesOfLargeValues)
        CREATE TABLE edits (sequence INTEGER PRIMARY KEY, record BLOB NOT NULL);
        CREATE TABLE registry (number INTEGER PRIMARY KEY, record BLOB NOT NULL);
        PRAGMA application_id = \(application);
        PRAGMA user_version = \(format);
        COMMIT
        """

    // MARK: Write

    /// Stores a batch in one transaction, so that after a crash all of it is there or nothing.
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
