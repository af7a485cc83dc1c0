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
    let process = try TalkingChild(
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

/// A child whose standard output is read by a thread until its end.
private struct TalkingChild {
    /// Finished when the child has closed it.
    let output: AsyncStream<String>
    private let child: Child

    init(_ path: String, _ arguments: [String]) throws {
        let child = try Child(path, arguments)
        self.child = child
        let (output, chunk) = AsyncStream.makeStream(of: String.self)
        self.output = output
        Thread.detachNewThread {
            Child.read(child.output) { chunk.yield(String(decoding: $0, as: UTF8.self)) }
            chunk.finish()
        }
    }

    /// Asks the child to end, and waits until it has.
    /// - Returns: its status as `waitpid` has it.
    func end() async -> Int32 {
        child.signal(SIGTERM)
        return await withCheckedContinuation { ended in
            Thread.detachNewThread { ended.resume(returning: child.wait()) }
        }
    }
}
