import EndpointSupport
import Foundation
import Restate
import RestateClient
import RestateLocal
import Support
import Testing

/// `restate-local replay` says in a line who answered instead of whom it asked for.
@Suite(.timeLimit(.minutes(10)))
struct ReplayStrangerTests {
    private struct Greeter: Service {
        func greet(_ ctx: Context) async throws {}
        struct API: HandlerTable { let greet = handler(Greeter.greet) }
    }

    private static let page =
        "\n<html><head><title>Not found</title></head>" + String(repeating: "<br>", count: 200)
        + "\n<body>Nothing here</body></html>"

    @Test(arguments: [200, 404])
    func `a page in place of an admin API is told with its first line and not as a whole`(
        status: Int
    ) async throws {
        let site = Endpoint([]).route("POST", "/query") { _ in
            RouteResponse(
                status: status, headers: [("content-type", "text/html")],
                body: Array(Self.page.utf8))
        }
        try await serving(site) { port in
            let address = "http://127.0.0.1:\(port)"
            let ended = try await replay(["--server", address, "--endpoint", address])
            #expect(ended.status == 1)
            let line = Self.page.split(separator: "\n")[0].prefix(200)
            #expect(
                ended.complaint
                    == "restate-local: \(address)/ is no admin API of a Restate server: it answers "
                    + "POST /query with status \(status) and '\(line)…'.\n")
        }
    }

    @Test func `what a server says about a query is told as its words`() async throws {
        let server = try await LocalServer(replaySettings).start()
        let ended = try await replay([
            "--server", server.adminURL, "--endpoint", server.adminURL, "--where", "colour = 1",
        ])
        await server.shutdown()
        #expect(ended.status == 1)
        #expect(ended.complaint.contains("refuses a query with status "))
        #expect(ended.complaint.contains("colour"))
        #expect(!ended.complaint.contains("{"))
    }

    @Test func `an endpoint that says nothing was asked in both versions of HTTP`() async throws {
        try await withRecordedStock { folder in
            let gate = try OldGate(to: nil)
            let url = "http://127.0.0.1:\(gate.port)"
            let silent = try await replay([folder, "--endpoint", url])
            #expect(silent.status == 1)
            #expect(
                silent.complaint.contains(
                    "gave no answer over HTTP/2, and none over HTTP/1.1: it said nothing"))
            #expect(!silent.complaint.contains("--http1"))
            let old = try await replay([folder, "--endpoint", url, "--http1"])
            #expect(old.complaint.contains("gave no answer over HTTP/1.1: it said nothing"))
            #expect(old.complaint.contains("is asked without --http1"))
        }
    }

    @Test func `a journal of another program says what the endpoint serves`() async throws {
        struct Smaller: Service {
            static let name = "Stock"
            func count(_ ctx: Context) async throws {}
            struct API: HandlerTable { let count = handler(Smaller.count) }
        }
        try await withRecordedStock { folder in
            try await withAddress(of: Greeter()) { url in
                let ended = try await replay([folder, "--endpoint", url])
                #expect(ended.status == 1)
                #expect(
                    ended.output.contains(
                        "  now:       the endpoint does not serve 'Stock'; it serves Greeter\n"))
                #expect(!ended.output.contains("egister"))
            }
            try await withAddress(of: Smaller()) { url in
                let ended = try await replay([folder, "--endpoint", url])
                #expect(
                    ended.output.contains(
                        "  now:       the endpoint serves 'Stock' without 'sell'; its handlers are count\n"
                    ))
            }
        }
    }

    @Test func `a condition that no invocation meets has a status of its own`() async throws {
        try await withJournalFolder { folder in
            let server = try await LocalServer(replaySettings).start()
            try await withAddress(of: Stock()) { url in
                let none = "target_service_name = 'Stok'"
                for more in [["--endpoint", url], ["--save", folder]] {
                    let ended = try await replay(
                        ["--server", server.adminURL, "--where", none] + more)
                    #expect(ended.status == 3)
                    #expect(
                        ended.complaint
                            == "restate-local: no invocation that has a journal matches --where "
                            + "\"\(none)\".\n")
                }
                let idle = try await replay(["--server", server.adminURL, "--endpoint", url])
                #expect(idle.status == 0)
                #expect(
                    idle.output.hasPrefix(
                        "\(server.adminURL)/ has no invocation under way that has a journal\n"))
            }
            await server.shutdown()
        }
    }

    @Test func `an invocation counts once, however often it is named`() async throws {
        try await withRecordedStock { folder in
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            let file = "\(folder)/\(try #require(names.first))"
            try Data("{".utf8).write(to: URL(filePath: folder + "/odd.json"))
            try await withAddress(of: Stock(sold: forbiddenRun)) { url in
                let same = try await replay([
                    file, file, "\(folder)/./\(names[0])", "--endpoint", url,
                ])
                #expect(same.output == "1 journal is replayed\n")
                let copy = "\(folder)/copy.json"
                try FileManager.default.copyItem(atPath: file, toPath: copy)
                let copied = try await replay([copy, file, "--endpoint", url])
                #expect(copied.output == "1 journal is replayed\n")
                let twice = try await replay([folder, folder, "--endpoint", url])
                #expect(twice.status == 1)
                #expect(twice.output.ranges(of: "odd.json").count == 1)
                #expect(twice.complaint.contains("2 journals are replayed, and not the files"))
            }
        }
    }
}
