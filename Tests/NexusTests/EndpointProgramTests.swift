import EndpointSupport
import Foundation
import Restate
import Support
import Testing

/// The program `nexus-endpoint`: what a Restate server needs, and no more.
@Suite(.timeLimit(.minutes(10)))
struct EndpointProgramTests {
    @Test(arguments: ["nexus-endpoint", "test-services"])
    func `what serves a Restate server is linked with neither SQLite nor the local runtime`(
        product: String
    ) async throws {
        let libraries = try await EndedProcess("/usr/bin/ldd", [try path(product)])
        #expect(libraries.status == 0)
        #expect(libraries.output.contains("libnghttp2"))
        #expect(!libraries.output.contains("sqlite"), "\(libraries.output)")
        // Its names are mangled into those of all that is in it.
        #expect(try !Data(contentsOf: file(product)).contains("12RestateLocal"))
    }

    @Test func `the whole program has the local runtime, so that the look at names sees it`() throws
    {
        #expect(try Data(contentsOf: file("nexus")).contains("12RestateLocal"))
    }

    @Test func `without a word it says what it can do, and that there is no runtime`() async throws
    {
        let ended = try await EndedProcess(product: "nexus-endpoint", [])
        #expect(ended.status == 2)
        #expect(
            ended.complaint.hasPrefix(
                "nexus: This program has no local runtime and serves a Restate server; there are serve,"
            ))
        let help = try await EndedProcess(product: "nexus-endpoint", ["--help"])
        #expect(help.output.contains("  serve "))
        #expect(!help.output.contains("(none)"))
    }

    @Test func `an endpoint that listens on all interfaces says its address for containers`()
        async throws
    {
        try await withProduct(
            "nexus-endpoint", ["serve", "--port", "0"], saying: "http://host.docker.internal:"
        ) { _ in }
    }

    @Test func `an endpoint is well while it answers`() async throws {
        try await serving(Endpoint([]).route("GET", "/") { _ in .text("") }) { port in
            let ended = try await health(port)
            #expect(ended.status == 0)
            #expect(ended.output == "http://127.0.0.1:\(port)/health answers\n")
        }
    }

    @Test func `an endpoint that nobody has started is not well`() async throws {
        let port = try SilentPort()
        let ended = try await health(port.number)
        #expect(ended.status == 1)
        #expect(
            ended.complaint == "nexus: Nobody answers at http://127.0.0.1:\(port.number)/health.\n")
    }

    @Test func `an endpoint that complains is not well`() async throws {
        let ill = Endpoint([]).route("GET", "/health") { _ in .text("no books", status: 503) }
        try await serving(ill) { port in
            let ended = try await health(port)
            #expect(ended.status == 1)
            #expect(ended.complaint.hasSuffix("/health answers with status 503.\n"))
        }
    }

    private func health(_ port: Int) async throws -> EndedProcess {
        // Where it listens may be said as `serve` is told.
        try await EndedProcess(
            product: "nexus-endpoint", ["health", "--time-limit", "60s"],
            environment: ["NEXUS_HOST": "0.0.0.0", "NEXUS_PORT": "\(port)"])
    }

    private func file(_ product: String) throws -> URL {
        try #require(Bundle.main.executableURL?.deletingLastPathComponent())
            .appending(path: product)
    }

    private func path(_ product: String) throws -> String {
        try file(product).path(percentEncoded: false)
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
