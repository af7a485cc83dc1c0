import Foundation
import Support
import Testing

/// The flags, the variables that mean the same, and what is told of both.
@Suite(.timeLimit(.minutes(10))) struct ConfigTests {
    private func config(
        _ words: [String], _ environment: [String: String] = [:]
    ) async throws -> [String: [String]] {
        let ended = try await EndedProcess(
            product: "nexus", ["config"] + words, environment: environment)
        #expect(ended.status == 0, "\(ended.complaint)")
        var rows: [String: [String]] = [:]
        for line in ended.output.split(separator: "\n") {
            let parts = line.split(separator: "  ").map {
                $0.trimmingCharacters(in: .whitespaces)
            }.filter { !$0.isEmpty }
            rows[parts[0]] = Array(parts.dropFirst())
        }
        return rows
    }

    @Test func `a setting is the command line's, a variable's or a default, in this order`()
        async throws
    {
        let rows = try await config(
            ["--port", "7", "--hold=2s"],
            ["NEXUS_PORT": "8", "NEXUS_MAIL_TIME": "9ms", "NEXUS_SEALED": "yes", "NEXUS_HOST": ""])
        #expect(rows["--port"] == ["7", "command line"])
        #expect(rows["--hold"] == ["2s", "command line"])
        #expect(rows["--mail-time"] == ["9ms", "NEXUS_MAIL_TIME"])
        #expect(rows["--sealed"] == ["on", "NEXUS_SEALED"])
        #expect(rows["--host"] == ["all interfaces", "default"])
        #expect(rows["--log"] == ["bookings", "default"])
    }

    /// Kubernetes sets such variables in every container beside a service that is called `nexus`.
    @Test func `a port that Kubernetes tells of is no setting`() async throws {
        let rows = try await config([], ["NEXUS_PORT": "tcp://10.0.0.1:9080"])
        #expect(rows["--port"] == ["9080", "default"])
    }

    @Test func `a variable that is misspelt is told`() async throws {
        let ended = try await EndedProcess(
            product: "nexus", ["config"], environment: ["NEXUS_SEALD": "1", "NEXUS_BUYERS": "9"])
        #expect(ended.output.hasSuffix("\nNEXUS_SEALD is set, and no command has such a flag\n"))
        #expect(!ended.output.contains("NEXUS_BUYERS"))
    }

    @Test
    func
        `lines of .env that cannot be read are told by their numbers, and not what stands in them`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "nexus-env-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = """
            # A comment, and an empty line.

            export NEXUS_HOLD=7s
            NEXUS_TOKEN secret1
            NEXUS-PORT=secret2
            NEXUS_SEATS="secret3
            NEXUS_MAIL_TIME='3ms'

            """
        try Data(text.utf8).write(to: folder.appending(path: ".env"))
        let built = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        let nexus = built.appending(path: "nexus").path(percentEncoded: false)
        let ended = try await EndedProcess(
            "/bin/sh",
            ["-c", "cd '\(folder.path(percentEncoded: false))' && exec '\(nexus)' config"])
        #expect(ended.status == 0)
        #expect(
            ended.complaint == """
                nexus: .env, line 4: this is not NAME=value; it counts for nothing
                nexus: .env, line 5: what stands before '=' is no name of a variable; it counts for nothing
                nexus: .env, line 6: the quote of NEXUS_SEATS is not closed; it counts for nothing

                """)
        #expect(ended.output.contains("7s"))
        #expect(ended.output.contains("3ms"))
        #expect(!(ended.output + ended.complaint).contains("secret"))
    }

    @Test func `each command tells its own`() async throws {
        #expect(try await config(["gateway"])["--port"] == ["9095", "default"])
        #expect(try await config(["gateway"])["--hold"] == nil)
        let rows = try await config(["scenarios"], ["RESTATE_AUTH_TOKEN": "secret"])
        #expect(rows["--token"] == ["(not shown)", "RESTATE_AUTH_TOKEN"])
    }

    @Test(arguments: [
        (["NEXUS_PORT": "x"], "NEXUS_PORT must be a number from 0 to 65535, not 'x'."),
        (["NEXUS_SEALED": "maybe"], "NEXUS_SEALED must be 1 or 0, true or false, not 'maybe'."),
        (["NEXUS_HOLD": "5"], "NEXUS_HOLD must be a time like 500ms, 2s or 15m, not '5'."),
        (["NEXUS_HOST": "a b"], "NEXUS_HOST must be a name or an address"),
        (["NEXUS_LOG": "loud"], "NEXUS_LOG is trouble, bookings or all, not 'loud'."),
        (["NEXUS_SEATS": "9"], "NEXUS_SEATS needs --sealed"),
        (
            ["NEXUS_SEATS": "0", "NEXUS_SEALED": "1"],
            "NEXUS_SEATS: a number from 1 to 100000, not '0'."
        ),
        (
            ["NEXUS_SEATS": "/no/such/file", "NEXUS_SEALED": "1"],
            "NEXUS_SEATS: '/no/such/file' is neither a number nor a file that can be read."
        ),
        (["NEXUS_SMTP_URL": "mail"], "'mail' cannot be a mail server's URL"),
        (["NEXUS_MAIL_FROM": "me"], "NEXUS_MAIL_FROM must be an address of mail, not 'me'."),
    ])
    func `a variable that makes no sense is refused by its name`(
        variables: [String: String], sentence: String
    ) async throws {
        for words in [["config"], ["serve"]] {
            let ended = try await EndedProcess(product: "nexus", words, environment: variables)
            #expect(ended.status == 2)
            #expect(ended.output.isEmpty)
            #expect(ended.complaint.hasPrefix("nexus: \(sentence)"), "\(ended.complaint)")
        }
    }

    @Test func `serve says whether it is open or sealed`() async throws {
        let listening = ["serve", "--host", "127.0.0.1", "--port", "0"]
        try await withProduct("nexus", listening, saying: "It is open, as a game") { _ in }
        let file = FileManager.default.temporaryDirectory
            .appending(path: "seats-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("A1\n\n A2 \r\nA3".utf8).write(to: file)
        try await withProduct(
            "nexus", listening + ["--sealed", "--seats", file.path()],
            saying: "It is sealed: buyers can only book and look, 3 seats are for sale"
        ) { port in
            let manifest = try FixtureJSON(
                parsing: try await discover(
                    port: port, accept: "application/vnd.restate.endpointmanifest.v4+json"
                ).body)
            #expect(
                try publicHandlers(manifest) == ["Checkout/process", "SeatMap/get", "Ticket/get"])
        }
    }

    /// What can be called through the ingress.
    private func publicHandlers(_ manifest: FixtureJSON) throws -> [String] {
        var names: [String] = []
        for service in try #require(manifest["services"]?.array) {
            for handler in try #require(service["handlers"]?.array)
            where service["ingressPrivate"]?.bool != true
                && handler["ingressPrivate"]?.bool != true
            {
                names.append("\(service["name"]?.string ?? "")/\(handler["name"]?.string ?? "")")
            }
        }
        return names.sorted()
    }
}
