import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs an executable of this package while `body` uses the port on which it says it listens.
///
/// The executable lies beside the tests' own, so it was built with them and in the same way.
///
/// - Parameter sentence: waited for as well.
package func withProduct<Result>(
    _ name: String, _ arguments: [String], saying sentence: String = "",
    body: (_ port: Int) async throws -> Result
) async throws -> Result {
    guard let folder = Bundle.main.executableURL?.deletingLastPathComponent() else {
        throw FixtureError("The folder of the built products is not known")
    }
    let process = try SpawnedProcess(
        folder.appending(path: name).path(percentEncoded: false), arguments)
    let result: Swift.Result<Result, any Error>
    do {
        result = .success(
            try await body(try await port(in: process.output, of: name, saying: sentence)))
    } catch {
        result = .failure(error)
    }
    let status = await process.end()
    guard status == 0 else {
        throw FixtureError("\(name) ended with status \(status) when it was asked to")
    }
    return try result.get()
}

/// The first number after `port` or a colon, as in `listening on http://localhost:9080`.
private func port(
    in chunks: AsyncStream<String>, of name: String, saying sentence: String
) async throws -> Int {
    var text = ""
    for await chunk in chunks {
        text += chunk
        // The last line may be cut off in the middle of the number.
        guard let end = text.lastIndex(of: "\n"), sentence.isEmpty || text.contains(sentence)
        else { continue }
        if let match = text[..<end].firstMatch(of: #/(?:port |:)(\d+)/#), let port = Int(match.1) {
            return port
        }
    }
    throw FixtureError("\(name) ended and did not say what it should: \(text)")
}

/// A child whose standard output is read by a thread until its end. Foundation's own `Process` now
/// and then misses the end of a child that ends at once.
private struct SpawnedProcess {
    /// Finished when the child has closed it.
    let output: AsyncStream<String>
    private let pid: pid_t
    private static let spawning = NSLock()

    init(_ path: String, _ arguments: [String]) throws {
        var ends: [Int32] = [-1, -1]
        // Closed on exec, or another child would hold our end open.
        Self.spawning.lock()
        defer { Self.spawning.unlock() }
        guard pipe(&ends) == 0 else { throw FixtureError("No pipe: \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(writing) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, writing, 1)
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, nil, &argv, environ)
        guard code == 0 else {
            close(reading)
            throw FixtureError("\(path) does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid

        let (output, chunk) = AsyncStream.makeStream(of: String.self)
        self.output = output
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(reading, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                chunk.yield(String(decoding: buffer.prefix(count), as: UTF8.self))
            }
            close(reading)
            chunk.finish()
        }
    }

    /// Asks the child to end, and waits until it has. Until then its number is its own, even if it
    /// has ended long ago.
    /// - Returns: its status as `waitpid` has it.
    func end() async -> Int32 {
        kill(pid, SIGTERM)
        return await withCheckedContinuation { ended in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                ended.resume(returning: status)
            }
        }
    }
}
