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

    func memory() throws -> Double { try residentBytes(of: "\(process.processIdentifier)") }

    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
