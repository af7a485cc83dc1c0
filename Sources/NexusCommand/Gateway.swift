internal import Commands
internal import Nexus
internal import Restate

/// `nexus gateway`: the mock payment gateway alone, so that it outlives an endpoint that is killed.
enum Gateway {
    static let help = """
        usage: nexus gateway [flags]

        Serves the mock payment gateway. Endpoints use it with --gateway-url.

          --host H         name or address to listen on (all interfaces)
          --port P         port, 0 for any free one (9090)
          --loops N        event loops, one thread each (one per core)
          --charge-time T  how long a charge takes (500ms)
        """

    static func run(_ words: some Sequence<String>) async throws {
        let arguments = try Arguments(
            words, flags: ["--host", "--port", "--loops", "--charge-time"])
        if arguments.wantsHelp { return Console.say(help) }
        let listening = try Listening(arguments, port: 9090)
        let chargeTime = try arguments.duration("--charge-time")

        let gateway = MockGateway(chargeTime: chargeTime ?? NexusSettings().chargeTime)
        let running = try listening.start(Endpoint([]).serving(gateway))
        let url = listening.url(running)
        Console.say(
            """
            The payment gateway listens on \(url)
              charges  \(url)\(GatewayPath.charge)
              refunds  \(url)\(GatewayPath.refund)
              ledger   \(url)\(GatewayPath.ledger)
            """)
        await running.untilTerminated()
    }
}
