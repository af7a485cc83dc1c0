internal import Nexus
internal import Restate
internal import RestateHTTP2

/// `nexus serve`: the endpoint alone, for a Restate server elsewhere.
enum Serve {
    static let help = """
        usage: nexus serve [flags]

        Serves Ticket, SeatMap, Checkout and GameManager to a Restate server.

          --host H           name or address to listen on (all interfaces)
          --port P           port, 0 for any free one (9080)
          --loops N          event loops, one thread each (one per core)
          --gateway-url U    payment gateway, http://host:port (one of its own, on the same port)

        To try things out:

          --hold T           how long an unpaid seat is kept (15m)
          --charge-time T    how long its own gateway takes for a charge (500ms)
          --mail-time T      how long a mail takes (200ms)
          --mail-failures N  how many of the first tries to send a mail fail (0)
        """

    static func run(_ words: some Sequence<String>) async throws {
        let arguments = try Arguments(
            words,
            flags: [
                "--host", "--port", "--loops", "--gateway-url", "--hold", "--charge-time",
                "--mail-time", "--mail-failures",
            ])
        if arguments.wantsHelp { return say(help) }
        let listening = try Listening(arguments, port: 9080)
        var settings = try settings(arguments)
        settings.log = { say($0) }

        let running = try listening.start(BoxOffice(settings).endpoint)
        let url = listening.url(running)
        let gateway = settings.gatewayURL.map(\.description) ?? url + GatewayPath.charge
        say(
            """
            Nexus listens on \(url)
              payments  \(gateway)
              outbox    \(url)\(Endpoint.outboxPath)
            Register it with a Restate server:
              restate deployments register \(url)
            """)
        await HTTPServer.untilTerminated()
        await running.shutdown()
    }

    private static func settings(_ arguments: Arguments) throws -> NexusSettings {
        var settings = NexusSettings()
        if let text = arguments.text("--gateway-url") {
            do {
                settings.gatewayURL = try GatewayURL(text)
            } catch {
                throw UsageError(error.description)
            }
        }
        if let time = try arguments.duration("--hold") { settings.holdTime = time }
        if let time = try arguments.duration("--charge-time") { settings.chargeTime = time }
        if let time = try arguments.duration("--mail-time") { settings.mailTime = time }
        if let count = try arguments.number("--mail-failures", in: 0...1_000_000) {
            settings.mailFailures = count
        }
        return settings
    }
}
