import Foundation
import Restate
import RestateClient
import RestateLocal
import Support
import Testing

/// `restate-local replay`, as a process.
@Suite(.timeLimit(.minutes(10)))
struct ReplayCommandTests {
    @Test func `files are replayed by a program of today, which must know nothing of them`()
        async throws
    {
        try await withRecordedStock { folder in
            try await withAddress(of: Stock(sold: forbiddenRun)) { url in
                let ended = try await replay([folder, "--endpoint", url])
                #expect(ended.status == 0, "\(ended.complaint)")
                #expect(ended.output == "2 journals are replayed\n")
                let old = try await replay([folder, "--endpoint", url, "--http1"])
                #expect(old.output == "2 journals are replayed\n")
            }
        }
    }

    @Test func `a program that differs is told with both lines, and fails the build`() async throws
    {
        try await withRecordedStock { folder in
            try await withAddress(of: Stock(isChecked: true, sold: forbiddenRun)) { url in
                let ended = try await replay([folder, "--endpoint", url])
                #expect(ended.status == 1)
                #expect(ended.complaint == "restate-local: 2 of 2 journals differ.\n")
                let file = "LocalCommandTests/ReplayStage.swift"
                #expect(ended.output.contains("  recorded:  run 'sell' at \(file):"))
                #expect(ended.output.contains("  now:       run 'check' at \(file):"))
            }
        }
    }

    @Test func `journals of a server are replayed, and kept as files`() async throws {
        try await withJournalFolder { folder in
            let server = try await LocalServer(replaySettings).start()
            try await withAddress(of: Stock()) { url in
                try await server.register(url)
                let ingress = try #require(URL(string: server.ingressURL))
                let stock = RestateClient(ingress: ingress).service(Stock.self)
                #expect(try await stock.sell(7) == 7)
                let asked = [
                    "--server", server.adminURL, "--where", "target_service_name = 'Stock'",
                    "--save", folder,
                ]
                let same = try await replay(asked + ["--endpoint", url])
                #expect(same.status == 0, "\(same.complaint)")
                #expect(
                    same.output == "1 journal is saved in \(folder)\n1 journal is replayed\n")
            }
            await server.shutdown()
            // Without the server, from the file.
            try await withAddress(of: Stock(isChecked: true)) { url in
                let changed = try await replay([folder, "--endpoint", url])
                #expect(changed.status == 1)
                #expect(changed.output.contains("  recorded:  run 'sell'\n"))
                #expect(changed.output.contains("  now:       run 'check' at "))
            }
        }
    }

    @Test func `a file that is no journal fails the replay, and the others are replayed`()
        async throws
    {
        try await withRecordedStock { folder in
            try Data("{".utf8).write(to: URL(filePath: folder + "/AAA.json"))
            try await withAddress(of: Stock(sold: forbiddenRun)) { url in
                let ended = try await replay([folder, "--endpoint", url])
                #expect(ended.status == 1)
                #expect(ended.output.hasPrefix("'\(folder)/AAA.json' cannot be replayed: "))
                #expect(
                    ended.complaint
                        == "restate-local: 2 journals are replayed, and not the files that cannot be read.\n"
                )
            }
        }
    }

    @Test func `a path without journals fails the replay`() async throws {
        try await withJournalFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            let nobody = "http://127.0.0.1:\(try SilentPort().number)"
            let empty = try await replay([folder, "--endpoint", nobody])
            #expect(empty.status == 1)
            #expect(empty.complaint == "restate-local: '\(folder)' has no journals.\n")
            let device = try await replay(["/dev/zero", "--endpoint", nobody])
            #expect(device.complaint.contains("'/dev/zero' is neither a file nor a folder"))
        }
    }

    @Test(arguments: [
        ([], "--endpoint says where the program of today listens."),
        (["--endpoint", "http://127.0.0.1:9"], "A file, a folder or --server says which journals"),
        (["x", "--endpoint", "nowhere"], "--endpoint must be an address like"),
        (["x", "--endpoint", "http://a:0"], "--endpoint must be an address like"),
        (["--server", "http://a:0", "--save", "y"], "--server must be an address like"),
        (["x", "--endpoint", "https://shop"], "'https://shop', and this program speaks no TLS."),
        (["--server", "HTTPS://shop", "--save", "y"], "this program speaks no TLS."),
        (
            ["x", "--endpoint", "http://127.0.0.1:9", "--where", "true"],
            "--where is about the journals"
        ),
        (
            ["x", "--endpoint", "http://127.0.0.1:9", "--save", "y"],
            "--save is about the journals of"
        ),
    ])
    func `a command line that says too little is refused`(
        words: [String], sentence: String
    ) async throws {
        let ended = try await replay(words)
        #expect(ended.status == 2)
        #expect(ended.complaint.contains(sentence))
        #expect(ended.complaint.hasSuffix(" See 'restate-local replay --help'.\n"))
    }

    @Test func `what is no journal or no endpoint is named`() async throws {
        try await withJournalFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: URL(filePath: folder + "/odd.json"))
            let nobody = "http://127.0.0.1:\(try SilentPort().number)"
            let odd = try await replay([folder, "--endpoint", nobody])
            #expect(odd.status == 1)
            #expect(odd.complaint.contains("/odd.json' cannot be replayed: it is not a journal"))
            #expect(!odd.complaint.contains("DecodingError"))
            let missing = try await replay([folder + "/no.json", "--endpoint", nobody])
            #expect(missing.complaint.contains("/no.json' cannot be read: No such file"))
        }
        try await withRecordedStock { folder in
            let nobody = "http://127.0.0.1:\(try SilentPort().number)"
            let silent = try await replay([folder, "--endpoint", nobody])
            #expect(silent.status == 1)
            #expect(silent.complaint.contains("\(nobody)/ cannot be reached"))
        }
    }

    @Test func `an endpoint that speaks only HTTP/1.1 is asked in its own words`() async throws {
        try await withRecordedStock { folder in
            try await withAddress(of: Stock(sold: forbiddenRun)) { url in
                let port = try #require(URL(string: url)?.port)
                let gate = try OldGate(to: port)
                let ended = try await replay(
                    [folder, "--endpoint", "http://127.0.0.1:\(gate.port)"])
                #expect(ended.output == "2 journals are replayed\n", "\(ended.complaint)")
            }
        }
    }

    @Test func `what listens and is no endpoint is told once, and not as differences`() async throws
    {
        try await withRecordedStock { folder in
            let server = try await LocalServer(replaySettings).start()
            let ended = try await replay([folder, "--endpoint", server.ingressURL])
            await server.shutdown()
            #expect(ended.status == 1)
            #expect(ended.output.isEmpty)
            #expect(
                ended.complaint.hasSuffix(
                    "/ is no endpoint of Restate: it answers GET /discover with status 400.\n"))
        }
    }

    @Test func `a replay says that its limit left journals out`() async throws {
        let server = try await LocalServer(replaySettings).start()
        try await withAddress(of: Stock()) { url in
            try await server.register(url)
            let ingress = try #require(URL(string: server.ingressURL))
            let stock = RestateClient(ingress: ingress).service(Stock.self)
            for number in 1...3 { #expect(try await stock.sell(number) == number) }
            func output(_ limit: String) async throws -> String {
                let all = ["--server", server.adminURL, "--where", "true", "--endpoint", url]
                return try await replay(all + ["--limit", limit]).output
            }
            #expect(try await output("3") == "3 journals are replayed\n")
            #expect(
                try await output("2")
                    == "\(server.adminURL)/ has more than these 2 journals, the newest ones; "
                    + "--limit sets how many are asked for\n2 journals are replayed\n")
        }
        await server.shutdown()
    }

    @Test func `random numbers of a server's journal are drawn again`() async throws {
        struct Lots: Service {
            func draw(_ ctx: Context) async throws -> String {
                try await ctx.run("note \(UInt8.random(in: 0...255, using: &ctx.random))") {}
                return ctx.uuid().uuidString
            }

            struct API: HandlerTable { let draw = handler(Lots.draw) }
        }
        try await withAddress(of: Lots()) { url in
            let server = try await LocalServer(replaySettings).start()
            try await server.register(url)
            let ingress = try #require(URL(string: server.ingressURL))
            _ = try await RestateClient(ingress: ingress).service(Lots.self).draw()
            let ended = try await replay(
                ["--server", server.adminURL, "--where", "true", "--endpoint", url])
            await server.shutdown()
            #expect(ended.output == "1 journal is replayed\n", "\(ended.complaint)")
        }
    }

    @Test func `a difference of a restart says that its random numbers may be others`() async throws
    {
        try await withAddress(of: Stock()) { url in
            let server = try await LocalServer(replaySettings).start()
            try await server.register(url)
            let ingress = try #require(URL(string: server.ingressURL))
            let sell = RestateClient(ingress: ingress).service(Stock.self).sell
            let admin = RestateAdmin(try #require(URL(string: server.adminURL)))
            let sent = try await sell.send(7)
            _ = try await sent.attach()
            let again = try await admin.restart(sent.id, keepingThrough: 1)
            _ = try await RestateClient(ingress: ingress).invocation(again).attach()
            try await withAddress(of: Stock(isChecked: true)) { changed in
                for (condition, count) in [("IS NULL", 0), ("IS NOT NULL", 1)] {
                    let ended = try await replay([
                        "--server", server.adminURL, "--where", "restarted_from \(condition)",
                        "--endpoint", changed,
                    ])
                    #expect(ended.complaint == "restate-local: 1 of 1 journal differs.\n")
                    let notes = ended.output.ranges(of: "\n  note:      the seed of").count
                    #expect(notes == count, "\(ended.output)")
                }
            }
            await server.shutdown()
        }
    }
}
