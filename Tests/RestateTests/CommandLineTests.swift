import Foundation
import Testing

/// The command line of the test services, as a person meets it.
@Suite(.timeLimit(.minutes(1)))
struct CommandLineTests {
    @Test(arguments: [
        (["--nonsense"], "There is no option '--nonsense'"),
        (["serve"], "There is no option 'serve'"),
        (["--port"], "--port needs a value"),
        (["--port", "high"], "--port is a number from 0 to 65535, not 'high'."),
        (["--port", "65536"], "--port is a number from 0 to 65535, not '65536'."),
        (["--loops", "0"], "--loops is a number from 1 to 1024, not '0'."),
        (["--host"], "--host needs a value"),
    ])
    func `a wrong flag is a sentence and status 2`(
        _ arguments: [String], _ sentence: String
    ) throws {
        let result = try run(arguments)
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("test-services: "))
        #expect(result.errors.contains(sentence))
        #expect(result.output == "")
    }

    @Test func `a wrong port in the environment is told as such`() throws {
        let result = try run([], environment: ["PORT": "http"])
        #expect(result.status == 2)
        #expect(result.errors.contains("$PORT is a number from 0 to 65535, not 'http'."))
    }

    @Test func `an unknown service in the environment is told with those there are`() throws {
        let result = try run(["--port", "0"], environment: ["SERVICES": "Counter,Counters"])
        #expect(result.status == 2)
        #expect(
            result.errors.hasPrefix(
                "test-services: $SERVICES names 'Counters', which is none of Counter, ListObject, ")
        )
        #expect(result.errors.contains("SeatMap"))
        #expect(result.output == "")
    }

    @Test func `help is printed and no error`() throws {
        let result = try run(["--help"])
        #expect(result.status == 0)
        for flag in ["--host", "--port", "--loops", "--measure-machine", "--help"] {
            #expect(result.output.contains(flag))
        }
        #expect(result.errors == "")
    }

    @Test func `a host that does not exist is a sentence and status 1`() throws {
        let result = try run(["--host", "256.0.0.1", "--port", "0"])
        #expect(result.status == 1)
        #expect(result.errors.contains("256.0.0.1"))
    }

    private func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String, errors: String) {
        // The executable lies beside the tests' own.
        let folder = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        let process = Process()
        process.executableURL = folder.appending(path: "test-services")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        func text(_ pipe: Pipe) throws -> String {
            String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        }
        // Neither fills a pipe, so that one can be read after the other.
        let texts = (try text(output), try text(errors))
        process.waitUntilExit()
        return (process.terminationStatus, texts.0, texts.1)
    }
}
