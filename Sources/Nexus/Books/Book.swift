internal import Foundation

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A file that only grows: one JSON value a line. What has been added is on the disk.
///
/// Lines that come together are written together: a disk takes milliseconds, however many they are. After a
/// crash the last line may be torn; nobody was told of it, and it is cut off.
final class Book<Line: Codable & Sendable>: Sendable {
    private let descriptor: Int32
    private let path: String
    private let writer: BookWriter

    /// Opens a file, or begins it, for this process alone.
    ///
    /// - Parameters:
    ///   - patience: with another process that has it.
    ///   - lock: locks a file, and returns 0 or the system's error.
    /// - Returns: the book, and what is in it already.
    /// - Throws: ``BookError`` if it cannot be opened or read, or another process keeps it.
    static func open(
        _ name: String, in folder: String, patience: FolderPatience = .none,
        lock: (Int32) -> Int32 = { flock($0, LOCK_EX | LOCK_NB) == 0 ? 0 : errno }
    ) throws(BookError) -> (Book, [Line]) {
        let isNew = mkdir(folder, 0o700) == 0
        guard isNew || errno == EEXIST else {
            throw BookError(folder, "be made", errno, .place)
        }
        let path = folder + (folder.hasSuffix("/") ? "" : "/") + name
        let descriptor = systemOpen(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BookError(path, "be opened", errno, .place) }
        let book = Book(descriptor, path)
        var failure: Int32 = 0
        let isFree = patience.isRewarded(path) {
            failure = lock(descriptor)
            return failure != EWOULDBLOCK
        }
        guard isFree else {
            throw BookError(
                "'\(path)' is used by another process; give each a folder of its own",
                .inUse)
        }
        guard failure == 0 else {
            throw BookError(
                "'\(path)' cannot be locked: its file system has no locks, as some network file systems "
                    + "(\(String(cString: strerror(failure)))); name a folder on a disk of this machine",
                .place)
        }
        let lines = try book.read()
        // The name of a new file is in its folder, which is a file as well.
        try sync(folder: folder)
        return (book, lines)
    }

    private init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
        writer = BookWriter(descriptor, path)
    }

    // Whoever adds a line keeps the book meanwhile: nothing is being written any more.
    deinit {
        // Closing alone would not do if a child of this process is just starting: it has a copy.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func sync(folder: String) throws(BookError) {
        let descriptor = systemOpen(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BookError(folder, "be opened", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw BookError(folder, "be written", errno) }
    }

    // MARK: Reading

    private func read() throws(BookError) -> [Line] {
        let bytes = try contents()
        let decoder = JSONDecoder()
        var lines: [Line] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a)
            let text = bytes[start..<(end ?? bytes.count)]
            let isLast = end == nil || end == bytes.count - 1
            guard end != nil, let line = try? decoder.decode(Line.self, from: Data(text)) else {
                guard isLast else {
                    throw BookError("Line \(lines.count + 1) of '\(path)' cannot be read")
                }
                // Torn: nobody was told that it is written.
                guard ftruncate(descriptor, off_t(start)) == 0, fsync(descriptor) == 0 else {
                    throw BookError(path, "be mended", errno)
                }
                break
            }
            lines.append(line)
            start = (end ?? bytes.count) + 1
        }
        guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw BookError(path, "be read", errno) }
        return lines
    }

    private func contents() throws(BookError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BookError(path, "be read", errno) }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    // MARK: Writing

    /// Adds a line, and returns when it is on the disk. Lines of one caller stay in order.
    ///
    /// - Throws: ``BookError`` if it cannot be written; then no later one can, either.
    nonisolated(nonsending) func add(_ line: Line) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try await writer.add(Array(try encoder.encode(line)) + [0x0a])
    }

    /// Returns when everything that was added so far is on the disk.
    nonisolated(nonsending) func written() async throws { try await writer.add([]) }
}

/// Why books cannot be kept, as a sentence without its full stop.
public struct BookError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// Another process has the folder.
        case inUse
        /// There can be no books at that path.
        case place
        /// The books cannot be read or written.
        case contents
    }

    public let description: String
    public let kind: Kind

    init(_ description: String, _ kind: Kind = .contents) {
        self.description = description
        self.kind = kind
    }

    init(_ path: String, _ what: String, _ code: Int32, _ kind: Kind = .contents) {
        description = "'\(path)' cannot \(what): \(String(cString: strerror(code)))"
        self.kind = kind
    }
}

// The system's own functions, whose names the type above gives to its methods.

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 {
    open(path, flags, mode)
}

private func systemRead(_ file: Int32, _ place: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, place, count)
}
