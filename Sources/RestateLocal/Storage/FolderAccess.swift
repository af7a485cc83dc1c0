#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Whether this process may write in a data folder. SQLite would find out, too, but its errors name neither
/// the folder nor the reason.
enum FolderAccess {
    /// Throws if the folder, or a file of the database in it, cannot be written.
    static func check(_ folder: String) throws(StorageError) {
        try check(folder, R_OK | W_OK | X_OK, in: folder)
        for suffix in ["", "-wal", "-shm"] {
            try check("\(folder)/\(DataFolder.fileName)\(suffix)", R_OK | W_OK, in: folder)
        }
    }

    private static func check(
        _ path: String, _ mode: Int32, in folder: String
    ) throws(StorageError) {
        guard faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0, errno != ENOENT else { return }
        throw StorageError(folder, cannotWrite: path, errno)
    }

    /// Creates the database's file for the owner only, if there is none. SQLite gives its log the same
    /// permissions.
    static func makeFile(_ folder: String) throws(StorageError) {
        let file = "\(folder)/\(DataFolder.fileName)"
        let descriptor = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw StorageError(folder, cannotWrite: folder, errno)
        }
    }
}

extension StorageError {
    /// - Parameters:
    ///   - path: the folder, or the file in it that cannot be written.
    ///   - code: the system's reason.
    fileprivate init(_ folder: String, cannotWrite path: String, _ code: Int32) {
        let which = path == folder ? "" : "the file '\(path.dropFirst(folder.count + 1))': "
        self.init(
            "The data folder '\(folder)' cannot be written: \(which)\(String(cString: strerror(code))). "
                + "Give this process the right to write in it, or name another folder.", .place)
    }
}
