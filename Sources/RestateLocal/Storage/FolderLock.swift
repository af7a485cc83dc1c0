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

    /// - Parameter lock: locks a file, and returns 0 or the system's error.
    /// - Throws: an error of the kind `inUse` if another runtime has the folder.
    init(
        _ folder: String,
        lock: (Int32) -> Int32 = { flock($0, LOCK_EX | LOCK_NB) == 0 ? 0 : errno }
    ) throws(StorageError) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StorageError(
                opening: folder,
                SQLiteError("its folder cannot be opened", code: SQLiteError.cannotOpen))
        }
        let failure = lock(descriptor)
        if failure == 0 { return }
        guard failure != EWOULDBLOCK else {
            throw StorageError(
                opening: folder, SQLiteError("another runtime has it", code: SQLiteError.busy))
        }
        throw StorageError(
            "The data folder '\(folder)' cannot be locked: its file system has no locks for folders, as "
                + "many network file systems (\(String(cString: strerror(failure)))). Name a folder on a "
                + "disk of this machine.", .place)
    }

    // Called as well if `init` throws: by then all of this object is there.
    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
