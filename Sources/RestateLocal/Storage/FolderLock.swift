internal import SQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Keeps a data folder for one runtime, until the lock is gone or the process ends.
///
/// It is a lock of the system on the folder, beside SQLite's own ones on the database. Those would do
/// only if there were a single connection to the database, and then no result could be read while a
/// batch is being written. It is not on the database's file: closing a file ends all locks that the
/// process has on it, SQLite's too.
final class FolderLock {
    private let descriptor: Int32

    /// Throws `busy` if another runtime has the folder.
    init(_ folder: String) throws(SQLiteError) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SQLiteError("its folder cannot be opened", code: SQLiteError.cannotOpen)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        let isInUse = errno == EWOULDBLOCK
        close(descriptor)
        throw isInUse
            ? SQLiteError("another runtime has it", code: SQLiteError.busy)
            : SQLiteError("its folder cannot be locked", code: SQLiteError.cannotOpen)
    }

    deinit { close(descriptor) }
}
