internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Writes what is added to a book, on a thread of its own: all that waits with one call.
final class BookWriter: Sendable {
    private struct State {
        var waiting: [(bytes: [UInt8], done: CheckedContinuation<Void, any Error>)] = []
        var isWriting = false
        /// After a failure nothing more is written: the file may end with half a line.
        var failure: BookError?
    }

    private let state = Mutex(State())
    private let descriptor: Int32
    private let path: String
    private let queue = DispatchQueue(label: "nexus book")

    init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Returns when the bytes are on the disk, and all that were added before them.
    nonisolated(nonsending) func add(_ bytes: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { done in
            let begins = state.withLock { state in
                state.waiting.append((bytes, done))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if begins { queue.async { self.write() } }
        }
    }

    /// Writes what waits, until nothing does.
    private func write() {
        while true {
            let (lines, failed) = state.withLock { state in
                let lines = state.waiting
                state.waiting = []
                if lines.isEmpty { state.isWriting = false }
                return (lines, state.failure)
            }
            if lines.isEmpty { return }
            let failure = failed ?? put(lines.flatMap(\.bytes))
            if let failure { state.withLock { $0.failure = failure } }
            for line in lines {
                line.done.resume(with: failure.map { .failure($0) } ?? .success(()))
            }
        }
    }

    private func put(_ bytes: [UInt8]) -> BookError? {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { bytes in
                systemWrite(descriptor, bytes.baseAddress, bytes.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return BookError(path, "be written", errno) }
            written += count
        }
        return fsync(descriptor) == 0 ? nil : BookError(path, "be written", errno)
    }
}

// The system's own functions, whose names the type above gives to its methods.

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
