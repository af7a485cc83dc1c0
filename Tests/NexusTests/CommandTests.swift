import EndpointSupport
import Restate
import Support
import Testing

/// The program `nexus`, as a process.
@Suite(.timeLimit(.minutes(10)))
struct CommandTests {
    @Test(arguments: [("nexus", ["serve", "--help"]), ("test-services", ["--help"])])
    func `the help of an endpoint ends with its bounds`(
        product: String, words: [String]
    ) async throws {
        let ended = try await EndedProcess(product: product, words)
        #expect(ended.status == 0)
        #expect(ended.output.hasSuffix("\n\n" + Endpoint.bounds + "\n"))
        #expect(Endpoint.bounds.contains("  connections  "))
    }

    @Test(arguments: [
        (["fly"], "There is no command 'fly'; there are serve"),
        (["serve", "--fast"], "There is no flag '--fast'; there are --host"),
        (["serve", "--port", "x"], "--port must be a number from 0 to 65535, not 'x'."),
        (["serve", "--port"], "--port needs a value."),
        (["serve", "--port=1", "--port=2"], "--port is given twice."),
        (["serve", "--loops", "0"], "--loops must be a number from 1 to 1024, not '0'."),
        (["serve", "9080"], "'9080' is not expected here."),
        (["serve", "--gateway-url", "ftp://x"], "'ftp://x' cannot be a gateway's URL"),
        (["serve", "--hold", "5"], "--hold must be a time like 500ms, 2s or 15m, not '5'."),
        (["serve", "--host", "a b"], "--host must be a name or an address like localhost"),
        (["gateway", "--host", "localhost:80"], "--host must be a name or an address"),
        (["--host", "http://x"], "--host must be a name or an address"),
        (["--allow-host", "a/b"], "--allow-host must be a name or an address"),
        (
            ["scenarios", "--url", "http://a b"],
            "--url must be an address like http://localhost:8080"
        ),
        (["scenarios", "--url", "http://a:70000"], "--url must be an address like"),
        (["scenarios", "--url", "http://a:0"], "--url must be an address like"),
        (["load", "--url", "http://a:0"], "--url must be an address like"),
        (
            ["scenarios", "--url", "http://a", "--admin-url", "a:1"],
            "--admin-url must be an address like"
        ),
        (
            ["scenarios", "--url", "http://a", "--gateway-url", "ftp://a"],
            "--gateway-url must be an address like"
        ),
        (["gateway", "--gateway-url", "http://x"], "There is no flag '--gateway-url'"),
        (
            ["serve", "--sealed=maybe"],
            "--sealed is there or not, and takes no value: leave out '=maybe'."
        ),
        (
            ["refund", "foo", "--seat", "A1"],
            "A booking's id is the invocation's, like inv_1…, not 'foo'."
        ),
        // These can be read, and cannot be used.
        (["serve", "--port", "0", "--host", "nosuch.invalid"], "resolve nosuch.invalid: "),
        (["gateway", "--port", "0", "--host", "nosuch.invalid"], "resolve nosuch.invalid: "),
        (["runtime", "--host", "nosuch.invalid"], "resolve nosuch.invalid: "),
        (["--host", "nosuch.invalid"], "resolve nosuch.invalid: "),
        (["serve", "--port", "0", "--data", "/proc/x"], "'/proc/x' cannot be made: "),
        (["gateway", "--port", "0", "--data", "/proc/x"], "'/proc/x' cannot be made: "),
        (["runtime", "--data", "/proc/x"], "The data folder '/proc/x' cannot be created."),
        (["--port", "0", "--data", "/proc/x"], "'/proc/x' cannot be made: "),
        (
            ["--port", "0", "--ui", "/nonexistent"],
            "The folder of the web UI, '/nonexistent', does not exist."
        ),
    ])
    func `a command line that makes no sense is refused with a sentence`(
        words: [String], sentence: String
    ) async throws {
        let ended = try await EndedProcess(product: "nexus", words)
        #expect(ended.status == 2)
        #expect(ended.output.isEmpty)
        #expect(ended.complaint.hasPrefix("nexus: \(sentence)"))
    }

    @Test func `every command explains itself`() async throws {
        for words in [[], ["serve"], ["gateway"]] as [[String]] {
            let ended = try await EndedProcess(product: "nexus", words + ["--help"])
            #expect(ended.status == 0)
            #expect(ended.output.contains("usage: nexus"))
            #expect(ended.complaint.isEmpty)
        }
    }

    @Test func `a port that is taken is told`() async throws {
        try await serving(Endpoint([]).route("GET", "/") { _ in .text("") }) { port in
            let ended = try await EndedProcess(
                product: "nexus", ["gateway", "--host", "127.0.0.1", "--port", "\(port)"])
            #expect(ended.status == 1)
            #expect(
                ended.complaint
                    == "nexus: bind 127.0.0.1:\(port): Address already in use; choose another port, "
                    + "or 0 for any free one.\n")
        }
    }

    @Test func `an endpoint charges at a gateway of another process`() async throws {
        try await withProduct(
            "nexus", ["gateway", "--host", "127.0.0.1", "--port", "0", "--charge-time", "1ms"]
        ) { gateway in
            let url = "http://127.0.0.1:\(gateway)"
            try await withProduct(
                "nexus",
                [
                    "serve", "--host", "127.0.0.1", "--port", "0", "--gateway-url", url,
                    "--mail-time", "1ms",
                ]
            ) { port in
                let story = try await CheckoutServer().run(on: port)
                #expect(story.end == #""Booking Confirmed""#)
                let ledger = try await ask(gateway, "GET", "/api/mock-payment/ledger")
                #expect(ledger.body.contains(#""charges":1,"key":"inv_test","refunded":false"#))
                let outbox = try await ask(port, "GET", "/api/outbox")
                #expect(outbox.body.contains("You have successfully purchased ticket seat-1."))
                // A gateway that is elsewhere is not served here as well.
                #expect(try await ask(port, "GET", "/api/mock-payment/ledger").status == 404)
            }
        }
    }
}
