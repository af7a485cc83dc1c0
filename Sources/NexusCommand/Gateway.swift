internal import Commands
internal import Nexus
internal import Restate

/// `nexus gateway`: the mock payment gateway alone, so that it outlives an endpoint that is killed.
struct Gateway: Subcommand {
    static let word = "gateway"
    static let summary = "the mock payment gateway alone"
    static let about = "Serves the mock payment gateway. Endpoints use it with --gateway-url."
    // A Restate server's container publishes 9090.
    private static let port = 9095
    static let groups = [
        FlagGroup(
            Listening.flags(port: port, "port", host: "all interfaces") + [
                Flag("--charge-time", "T", "how long a charge takes", standard: "500ms"),
                Flag(
                    "--data", "DIR",
                    "keeps the ledger in this folder, and goes on from there after a restart",
                    standard: "in memory"),
                OperatorToken.asked, LogChoice.flag,
            ])
    ]

    private let listening: Listening
    private let chargeTime: Duration
    private let folder: String?
    private let access: OperatorAccess
    private let log: LogChoice

    init(_ arguments: Arguments) throws {
        listening = try Listening(arguments, port: Self.port)
        chargeTime = try arguments.duration("--charge-time") ?? NexusSettings().chargeTime
        folder = arguments.text("--data")
        access = try OperatorToken(arguments).map { .holders(of: $0) } ?? .everybody
        log = try LogChoice(arguments)
    }

    func run() async throws {
        let gateway = try usable {
            try folder.map {
                try MockGateway(
                    chargeTime: chargeTime, keptIn: $0, patience: FolderPatience(log.trouble),
                    log: log.bookings, trouble: log.trouble)
            } ?? MockGateway(chargeTime: chargeTime, log: log.bookings)
        }
        let endpoint = Endpoint([]).serving(gateway, for: access).metered(for: access)
        let running = try listening.start(log.applied(to: endpoint))
        let url = listening.url(running)
        Console.say(
            """
            The payment gateway listens on \(url)
              charges  \(url)\(GatewayPath.charge)
              refunds  \(url)\(GatewayPath.refund)
              ledger   \(url)\(GatewayPath.ledger)
            \(access.sentence ?? "Whoever reaches this port can charge and refund; --operator-token changes that.")
            """)
        await running.untilTerminated()
    }
}
