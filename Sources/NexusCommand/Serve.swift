internal import Commands
internal import Nexus
internal import Restate

/// `nexus serve`: the endpoint alone, for a Restate server elsewhere.
enum Serve {
    static let help = """
        usage: nexus serve [flags]

        Serves Ticket, SeatMap, Checkout and GameManager to a Restate server.

          --host H           name or address to listen on (all interfaces)
          --port P           port, 0 for any free one (9080)
          --loops N          event loops, one thread each (one per core)
          --identity-key K   a public key of the server's, publickeyv1_…: others are refused; more
                             than one with commas or as more flags
        """ + NexusSettings.help + "\n\n" + Endpoint.bounds

    static func run(_ words: some Sequence<String>) async throws {
        let arguments = try Arguments(
            words,
            flags: ["--host", "--port", "--loops", "--identity-key"] + NexusSettings.flags,
            repeatable: ["--identity-key"])
        if arguments.wantsHelp { return Console.say(help) }
        let listening = try Listening(arguments, port: 9080)
        var settings = try NexusSettings(arguments)
        settings.log = { Console.say($0) }

        var endpoint = BoxOffice(settings).endpoint
        let keys = arguments.texts("--identity-key")
        if !keys.isEmpty {
            endpoint = endpoint.requestIdentity(keys: keys.flatMap(IdentityKeys.split))
        }
        let running = try listening.start(endpoint)
        let url = listening.url(running)
        let gateway = settings.gatewayURL.map(\.description) ?? url + GatewayPath.charge
        Console.say(
            """
            Nexus listens on \(url)
              payments  \(gateway)
              outbox    \(url)\(Endpoint.outboxPath)
            Register it with a Restate server:
              restate deployments register \(url)
            """)
        if keys.isEmpty { Console.say(IdentityKeys.warning) }
        await running.untilTerminated()
    }
}
