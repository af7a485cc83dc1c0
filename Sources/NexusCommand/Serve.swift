internal import Commands
internal import Nexus
internal import Restate

/// `nexus serve`: the endpoint alone, for a Restate server elsewhere.
struct Serve: Subcommand {
    static let word = "serve"
    static let summary = "the services, for a Restate server"
    static let about =
        "Serves Ticket, SeatMap, Checkout, GameManager and Mailer to a Restate server."
    private static let port = 9080
    static let groups =
        [
            FlagGroup(
                Listening.flags(port: port, "port", host: "all interfaces") + [
                    Flag(
                        "--identity-key", "K",
                        "a public key of the server's, publickeyv1_…: others are refused; more than one "
                            + "with commas or as more flags", standard: "everybody may invoke",
                        isList: true),
                    NexusSettings.dataFlag, LogChoice.flag,
                ]),
            FlagGroup("The web page:", PageFlags.flags),
        ] + NexusSettings.groups
    static let notes = Endpoint.bounds

    private let listening: Listening
    private let settings: NexusSettings
    private let keys: [String]
    private let log: LogChoice
    private let page: PageFlags

    init(_ arguments: Arguments) throws {
        listening = try Listening(arguments, port: Self.port)
        log = try LogChoice(arguments)
        settings = try NexusSettings(arguments, log)
        keys = try Self.keys(arguments)
        page = try PageFlags(arguments)
    }

    /// A key that cannot be used is told before anything is started.
    private static func keys(_ arguments: Arguments) throws(UsageError) -> [String] {
        let texts = arguments.texts("--identity-key")
        guard !texts.isEmpty else { return [] }
        let keys = texts.flatMap(IdentityKeys.split)
        do {
            try Endpoint([]).metrics().requestIdentity(keys: keys).validate()
        } catch {
            throw UsageError(
                sentence: "\(arguments.called("--identity-key")): \(error.description)")
        }
        return keys
    }

    func run() async throws {
        let office = try usable { try BoxOffice.open(settings) }
        var endpoint = log.applied(to: page.added(to: office.endpoint))
        if !keys.isEmpty { endpoint = endpoint.requestIdentity(keys: keys) }
        let running = try listening.start(endpoint)
        let url = listening.url(running)
        let gateway = settings.gatewayURL.map(\.description) ?? url + GatewayPath.charge
        Console.say(
            """
            Nexus listens on \(url)\(page.line(url))
              payments  \(gateway)
              outbox    \(url)\(Endpoint.outboxPath)
              metrics   \(url)\(Endpoint.metricsPath)
            \(settings.sentences)
            Register it with a Restate server:
              restate deployments register \(url)
            """)
        if let url = listening.urlFromContainers(running) {
            Console.say("or with one in a container:\n  restate deployments register \(url)")
        }
        if keys.isEmpty { Console.say(IdentityKeys.warning) }
        await running.untilTerminated()
    }
}
