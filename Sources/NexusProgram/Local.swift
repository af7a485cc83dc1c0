internal import Commands
internal import Nexus
internal import NexusCommand
internal import Restate
internal import RestateLocal

/// `nexus` alone: the services and a local runtime in one process, ready for the first booking.
struct Local: Subcommand {
    static let word = ""
    static let summary = "the services and a local runtime in one process: try it here"
    static let about = """
        Sells tickets with nothing else running: the services and a local runtime in one process.
        Production runs 'nexus serve' and a Restate server.
        """
    static let groups =
        [
            FlagGroup([
                Flag(
                    "--port", "P", "the services and the payment gateway", standard: "9080"),
                Flag("--ingress-port", "P", "where clients book", standard: "8080"),
                Flag(
                    "--admin-port", "P", "the admin API, for the restate CLI", standard: "9070"),
                Flag(
                    "--host", "H",
                    "name or address to listen on; 0.0.0.0 or :: for everybody who can reach it",
                    standard: "127.0.0.1: this machine only"),
                Flag(
                    "--allow-host", "N",
                    "a name by which the admin API is reached, besides localhost, IP addresses and "
                        + "the name of this machine; may be repeated", isList: true),
                Flag(
                    "--ui", "DIR",
                    "the files of a Restate server's web UI, to be seen at /ui/ of the admin port"),
                Flag(
                    "--loops", "N", "event loops of the services, one thread each",
                    standard: "one per core"),
                Flag(
                    "--data", "DIR",
                    "keeps all bookings in this folder, and goes on from there after a restart on "
                        + "the same --port; without it everything is in memory"),
                PageFlags.inside, LogChoice.flag,
            ])
        ] + NexusSettings.groups

    private let listening: Listening
    private let settings: NexusSettings
    private let runtime: LocalServerSettings
    private let log: LogChoice
    private let page: PageFlags

    init(_ arguments: Arguments) throws {
        listening = try Listening(arguments, port: 9080, host: "127.0.0.1")
        log = try LogChoice(arguments)
        settings = try NexusSettings(arguments, log)
        runtime = try Self.runtimeSettings(arguments, log)
        page = PageFlags(inside: arguments)
    }

    func run() async throws {
        let endpoint: RunningEndpoint
        do {
            // The local runtime tells of failed attempts, too: once is enough.
            let quiet = page.added(to: try BoxOffice.open(settings).endpoint)
                .logger(SilentLogger())
            endpoint = try listening.start(quiet)
        } catch {
            throw LocalFailure.of(error)
        }
        do {
            let server = try await LocalServer(runtime).start()
            try await server.register(listening.url(endpoint, fromHere: true))
            page.open(at: server.ingressURL)
            greet(listening.url(endpoint), server)
            await server.untilTerminated(grace: .seconds(5))
        } catch {
            await endpoint.shutdown(grace: .zero)
            throw LocalFailure.of(error)
        }
        await endpoint.shutdown()
    }

    private static func runtimeSettings(
        _ arguments: Arguments, _ log: LogChoice
    ) throws(UsageError) -> LocalServerSettings {
        var settings = LocalServerSettings()
        if let host = try arguments.host("--host") { settings.host = host }
        settings.allowedHosts = try arguments.hosts("--allow-host")
        settings.uiDirectory = arguments.text("--ui")
        settings.ingressPort = try arguments.number("--ingress-port", in: 0...65535) ?? 8080
        settings.adminPort = try arguments.number("--admin-port", in: 0...65535) ?? 9070
        settings.dataDirectory = arguments.text("--data")
        // An orderly end would save nothing: what counts is in the folder.
        settings.storageFailed = { Console.fail("nexus", $0) }
        settings.log = { Console.say($0) }
        settings.detail = log.detail
        return settings
    }

    private func greet(_ url: String, _ server: RunningLocalServer) {
        Console.say(
            """
            Nexus is open for business.
              ingress   \(server.ingressURL)
              admin     \(server.adminURL)
              services  \(url)\(page.line(url))
              payments  \(settings.gatewayURL.map(\.description) ?? url + GatewayPath.charge)
              outbox    \(url)\(Endpoint.outboxPath)
            \(settings.sentences)\(example(server))
            """)
    }

    private func example(_ server: RunningLocalServer) -> String {
        guard let seat = settings.house.exampleSeat else { return "" }
        return """

            Book a seat:
              curl \(server.ingressURL)/Checkout/process --json '{"ticketId": "\(seat)", "userId": "alice"}'
            """
    }
}

/// What went wrong, and what to do about the usual cause.
private struct LocalFailure: Error, CustomStringConvertible {
    let description: String

    /// A value that cannot be used, as the command line's mistake, or any other error with advice.
    static func of(_ error: any Error) -> any Error {
        let mistake = UsageError(error) ?? UsageError(ofRuntime: error)
        return mistake ?? LocalFailure(error)
    }

    private init(_ error: any Error) {
        let (text, isPortTaken) =
            switch error {
            case let error as EndpointError: (error.problem, error.code == .portInUse)
            case let error as LocalServerError: (error.description, error.code == .portInUse)
            default: ("\(error)", false)
            }
        description =
            isPortTaken
            ? "\(text); choose other ports with --port, --ingress-port and --admin-port, 0 for any "
                + "free one"
            : text
    }
}

extension UsageError {
    /// A value that the local runtime cannot use; nil for other errors.
    init?(ofRuntime error: any Error) {
        guard let error = error as? LocalServerError,
            [.address, .setting].contains(error.code)
        else { return nil }
        self.init(sentence: error.description)
    }
}

extension LogChoice {
    /// How much the local runtime tells.
    fileprivate var detail: LogDetail { level == .all ? .everything : .trouble }
}
