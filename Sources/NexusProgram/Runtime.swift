internal import Commands
internal import NexusCommand
internal import RestateLocal

/// `nexus runtime`: the local runtime alone, so that a load test can kill it.
struct Runtime: Subcommand {
    static let word = "runtime"
    static let summary = "the local runtime alone, for 'nexus serve' beside it"
    static let about = """
        Runs the local runtime without the services. 'nexus load' starts it so, to kill it. Production
        runs a Restate server.
        """
    static let groups = [
        FlagGroup([
            Flag("--ingress-port", "P", "where clients book, 0 for any free one", standard: "8080"),
            Flag(
                "--admin-port", "P", "where endpoints are registered, 0 for any free one",
                standard: "9070"),
            Flag(
                "--host", "H", "name or address to listen on",
                standard: "127.0.0.1: this machine only"),
            Flag(
                "--data", "DIR", "keeps everything in this folder, and goes on from there",
                standard: "in memory"),
            LogChoice.flag,
        ])
    ]

    private let settings: LocalServerSettings

    init(_ arguments: Arguments) throws {
        var settings = LocalServerSettings()
        if let host = try arguments.host("--host") { settings.host = host }
        settings.ingressPort = try arguments.number("--ingress-port", in: 0...65535) ?? 8080
        settings.adminPort = try arguments.number("--admin-port", in: 0...65535) ?? 9070
        settings.dataDirectory = arguments.text("--data")
        settings.storageFailed = { Console.fail("nexus", $0) }
        settings.log = { Console.say($0) }
        settings.detail = try LogChoice(arguments).level == .all ? .everything : .trouble
        self.settings = settings
    }

    func run() async throws {
        let server: RunningLocalServer
        do {
            server = try await LocalServer(settings).start()
        } catch {
            throw UsageError(ofRuntime: error) ?? error
        }
        Console.say(
            """
            The local runtime listens
              ingress  \(server.ingressURL)
              admin    \(server.adminURL)
            """)
        await server.untilTerminated(grace: .seconds(5))
    }
}
