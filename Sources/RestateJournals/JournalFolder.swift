#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Files of journals in a folder. Every call blocks. What is written is for its owner only, because
/// journals have the values of invocations.
package enum JournalFolder {
    /// The ending of a journal's name.
    package static let ending = ".json"

    /// Makes the folder if it is missing.
    package static func make(_ path: String) throws(JournalFileError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        throw JournalFileError("the folder '\(path)' cannot be made", errno)
    }

    /// Writes a file as a whole: a reader sees it complete, or what was there before.
    package static func write(_ bytes: [UInt8], to path: String) throws(JournalFileError) {
        let draft = path + ".part"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw JournalFileError("'\(draft)' cannot be written", errno) }
        var failure: Int32 = 0
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty, failure == 0 {
                let count = systemWrite(file, rest.baseAddress, rest.count)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno != EINTR {
                    failure = errno
                }
            }
        }
        close(file)
        if failure == 0, rename(draft, path) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(draft)
            throw JournalFileError("'\(path)' cannot be written", failure)
        }
    }

    package static func remove(_ path: String) { unlink(path) }

    package static func read(_ path: String) throws(JournalFileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw JournalFileError("'\(path)' cannot be read", errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        while true {
            var failure: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let read = systemRead(file, buffer.baseAddress, buffer.count)
                if read < 0 { failure = errno }
                count = max(0, read)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw JournalFileError("'\(path)' cannot be read", failure) }
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    /// A file as the folder knows it.
    package struct Entry: Sendable {
        package let path: String
        package let size: Int
        let changed: Int
        /// The file itself, whatever path leads to it.
        let file: FileIdentity
    }

    /// Lists the journals in a folder and in those inside, the oldest first. A path that is a file is
    /// the only entry.
    package static func entries(_ path: String) throws -> [Entry] {
        var entries: [Entry] = []
        try collect(path, isNamed: true, into: &entries)
        return entries.sorted { ($0.changed, $0.path) < ($1.changed, $1.path) }
    }

    private static func collect(
        _ path: String, isNamed: Bool, into entries: inout [Entry]
    ) throws {
        var about = stat()
        guard stat(path, &about) == 0 else {
            if !isNamed { return }  // It was removed meanwhile.
            throw JournalFileError("'\(path)' cannot be read", errno)
        }
        guard about.st_mode & S_IFMT == S_IFDIR else {
            // A device has no end, and a pipe may have no writer.
            guard about.st_mode & S_IFMT == S_IFREG else {
                if isNamed { throw JournalUnreadable("'\(path)' is neither a file nor a folder") }
                return
            }
            if isNamed || path.hasSuffix(ending) {
                entries.append(
                    Entry(
                        path: path, size: Int(about.st_size), changed: about.st_mtim.tv_sec,
                        file: FileIdentity(
                            device: UInt64(truncatingIfNeeded: about.st_dev),
                            number: UInt64(about.st_ino))))
            }
            return
        }
        guard let folder = opendir(path) else {
            throw JournalFileError("'\(path)' cannot be read", errno)
        }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") { continue }
            try collect("\(path)/\(name)", isNamed: false, into: &entries)
        }
    }
}

/// Which file it is on this machine.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let number: UInt64
}

/// Says why a file or folder of journals cannot be used.
package struct JournalFileError: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String, _ code: Int32) {
        description = "\(what): \(String(cString: strerror(code)))"
    }
}

// The system's own functions, whose names the type above gives to its methods.

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}

private func systemRead(_ file: Int32, _ place: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, place, count)
}
