import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs an executable of this package while `body` uses the port on which it says that it listens.
///
/// The executable lies beside the tests' own, so it was built with them and in the same
/// configuration.
///
/// - Parameter sentence: a text of the output that is awaited as well.
package func withProduct<Result>(
    _ name: String, _ arguments: [String], saying sentence: String = "",
    body: (_ port: Int) async throws -> Result
) async throws -> Result {
    let process = try TalkingChild(TalkingChild.path(ofProduct: name), arguments)
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

/// A running executable that the test will kill.
package final class DoomedProduct: Sendable {
    /// The port on which it says that it listens.
    package let port: Int
    private let process: TalkingChild

    /// Starts an executable of this package and waits until it says where it listens.
    package convenience init(
        _ name: String, _ arguments: [String], saying sentence: String
    ) async throws {
        try await self.init(
            program: TalkingChild.path(ofProduct: name), arguments, saying: sentence)
    }

    /// Starts any program and waits until it says where it listens.
    package init(program: String, _ arguments: [String], saying sentence: String) async throws {
        process = try TalkingChild(program, arguments)
        do {
            port = try await Support.port(in: process.output, of: program, saying: sentence)
        } catch {
            _ = await process.end(SIGKILL)
            throw error
        }
    }

    /// Kills it by SIGKILL and waits for its termination.
    package func kill() async {
        _ = await process.end(SIGKILL)
    }
}

/// Returns the first number after `port` or a colon, as in `listening on http://localhost:9080`.
private func port(
    in chunks: AsyncStream<String>, of name: String, saying sentence: String
) async throws -> Int {
    var text = ""
    for await chunk in chunks {
        text += chunk
        // The last line may have been read only in part, within the number.
        guard let end = text.lastIndex(of: "\n"), sentence.isEmpty || text.contains(sentence)
        else { continue }
        if let match = text[..<end].firstMatch(of: #/(?:port |:)(\d+)/#), let port = Int(match.1) {
            return port
        }
    }
    throw FixtureError("\(name) ended and did not say what it should: \(text)")
}

/// A child whose standard output a thread reads to its end.
private struct TalkingChild {
    /// The output; finished when the child has closed it.
    let output: AsyncStream<String>
    private let child: Child

    static func path(ofProduct name: String) throws -> String {
        guard let folder = Bundle.main.executableURL?.deletingLastPathComponent() else {
            throw FixtureError("The folder of the built products is not known")
        }
        return folder.appending(path: name).path(percentEncoded: false)
    }

    init(_ program: String, _ arguments: [String]) throws {
        let child = try Child(program, arguments)
        self.child = child
        let (output, chunk) = AsyncStream.makeStream(of: String.self)
        self.output = output
        Thread.detachNewThread {
            Child.read(child.output) { chunk.yield(String(decoding: $0, as: UTF8.self)) }
            chunk.finish()
        }
    }

    /// Sends a signal and waits for the termination.
    /// - Returns: the status as `waitpid` returns it.
    func end(_ signal: Int32 = SIGTERM) async -> Int32 {
        child.signal(signal)
        return await withCheckedContinuation { ended in
            Thread.detachNewThread { ended.resume(returning: child.wait()) }
        }
    }
}
