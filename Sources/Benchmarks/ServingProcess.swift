import Foundation
import Restate

/// A handler that waits for the rest of the day.
struct MeasuredSleeper: Service {
    func sleep(_ ctx: Context) async throws -> Bool {
        try await ctx.sleep(.seconds(86_400))
        return true
    }

    struct API: HandlerTable {
        let sleep = handler(MeasuredSleeper.sleep)
    }
}

/// This program, started once more to serve an endpoint, so that its start and its memory can be
/// told from those of the load.
struct ServingProcess {
    /// The argument that makes this program serve.
    static let flag = "--serve"

    let port: Int
    private let process: Process
    private let input = Pipe()

    init() throws {
        guard let program = Bundle.main.executableURL else { throw Unmeasurable("its own program") }
        let output = Pipe()
        process = Process()
        process.executableURL = program
        process.arguments = [Self.flag]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .newlines)) else {
            process.terminate()
            throw Unmeasurable("the port of the program that it started")
        }
        self.port = port
    }

    /// Serves until the standard input ends, which it does with the program that started this one.
    static func serve() async throws {
        let endpoint = try Endpoint(MeasuredGreeter(), MeasuredSleeper())
            .start(host: "127.0.0.1", port: 0)
        FileHandle.standardOutput.write(Data("\(endpoint.port)\n".utf8))
        while readLine() != nil {}
        await endpoint.shutdown(grace: .zero)
    }

    /// Resident memory in bytes.
    func memory() throws -> Int {
        let status = try String(
            contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count > 1, let kilobytes = Int(words[1]) { return kilobytes * 1024 }
        }
        throw Unmeasurable("the memory of a process")
    }

    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

struct Unmeasurable: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) { description = "This benchmark cannot find out \(what) on this system." }
}
