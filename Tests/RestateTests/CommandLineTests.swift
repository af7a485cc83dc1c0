import Support
import Testing

/// The command line of the test services, as a person meets it.
@Suite(.timeLimit(.minutes(10)))
struct CommandLineTests {
    @Test(arguments: [
        (["--nonsense"], "There is no flag '--nonsense'"),
        (["serve"], "'serve' is not expected here."),
        (["--port"], "--port needs a value"),
        (["--port", "high"], "--port must be a number from 0 to 65535, not 'high'."),
        (["--port", "65536"], "--port must be a number from 0 to 65535, not '65536'."),
        (["--loops", "0"], "--loops must be a number from 1 to 1024, not '0'."),
        (["--host"], "--host needs a value"),
    ])
    func `a wrong flag is a sentence and status 2`(
        _ arguments: [String], _ sentence: String
    ) async throws {
        let result = try await EndedProcess(product: "test-services", arguments)
        #expect(result.status == 2)
        #expect(result.complaint.hasPrefix("test-services: "))
        #expect(result.complaint.contains(sentence))
        #expect(result.output == "")
    }

    @Test func `a wrong port in the environment is told as such`() async throws {
        let result = try await EndedProcess(
            product: "test-services", [], environment: ["PORT": "http"])
        #expect(result.status == 2)
        #expect(result.complaint.contains("$PORT must be a number from 0 to 65535, not 'http'."))
    }

    @Test func `an unknown service in the environment is told with those there are`() async throws {
        let result = try await EndedProcess(
            product: "test-services", ["--port", "0"], environment: ["SERVICES": "Counter,Counters"]
        )
        #expect(result.status == 2)
        #expect(
            result.complaint.hasPrefix(
                "test-services: $SERVICES names 'Counters', which is none of Counter, ListObject, ")
        )
        #expect(result.complaint.contains("SeatMap"))
        #expect(result.output == "")
    }

    @Test func `help is printed and no error`() async throws {
        let result = try await EndedProcess(product: "test-services", ["--help"])
        #expect(result.status == 0)
        for flag in ["--host", "--port", "--loops", "$PORT"] {
            #expect(result.output.contains(flag))
        }
        #expect(result.complaint == "")
    }

    @Test(arguments: [
        // A number that is too large for an address is a mistake in the flag.
        ("256.0.0.1", 2),
        ("there-is-no-such-host.invalid", 1),
    ])
    func `a host that does not exist is a sentence and a status`(
        _ host: String, _ status: Int32
    ) async throws {
        let result = try await EndedProcess(
            product: "test-services", ["--host", host, "--port", "0"])
        #expect(result.status == status)
        #expect(result.complaint.contains(host))
    }
}
