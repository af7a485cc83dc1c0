import Foundation

/// Runs an executable of this package while `body` uses the port on which it says it listens.
///
/// The executable lies beside the tests' own, so it was built with them and in the same way.
package func withProduct<Result>(
    _ name: String, _ arguments: [String], body: (_ port: Int) async throws -> Result
) async throws -> Result {
    guard let folder = Bundle.main.executableURL?.deletingLastPathComponent() else {
        throw FixtureError("The folder of the built products is not known")
    }
    let process = Process()
    process.executableURL = folder.appending(path: name)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output

    let (chunks, chunk) = AsyncStream.makeStream(of: Data.self)
    output.fileHandleForReading.readabilityHandler = { handle in
        let data = handle.availableData
        if data.isEmpty { chunk.finish() } else { chunk.yield(data) }
    }
    let (exits, exit) = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in exit.finish() }
    try process.run()

    let result: Swift.Result<Result, any Error>
    do {
        result = .success(try await body(try await port(in: chunks, of: name)))
    } catch {
        result = .failure(error)
    }
    process.terminate()
    for await _ in exits {}
    output.fileHandleForReading.readabilityHandler = nil
    return try result.get()
}

/// The first number after `port` or a colon, as in `listening on http://localhost:9080`.
private func port(in chunks: AsyncStream<Data>, of name: String) async throws -> Int {
    var text = ""
    for await chunk in chunks {
        text += String(decoding: chunk, as: UTF8.self)
        // The last line may be cut off in the middle of the number.
        guard let end = text.lastIndex(of: "\n") else { continue }
        if let match = text[..<end].firstMatch(of: #/(?:port |:)(\d+)/#), let port = Int(match.1) {
            return port
        }
    }
    throw FixtureError("\(name) ended and named no port: \(text)")
}
