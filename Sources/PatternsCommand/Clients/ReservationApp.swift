internal import Commands
internal import Patterns
internal import Restate
internal import RestateClient

/// `patterns durablerpc app`: the ordinary program that calls handlers, alone.
struct ReservationApp {
    private static let flags = [
        Flag("--app-port", "P", "where it listens, 0 for any free one", standard: "5050"),
        IngressChoice.flag,
    ]

    private let port: Int
    private let client: RestateClient
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws(UsageError) {
        let arguments = try Arguments(words, flags: Self.flags.map(\.name))
        wantsHelp = arguments.wantsHelp
        port = try arguments.number("--app-port", in: 0...65535) ?? 5050
        client = try IngressChoice(arguments).client
    }

    func run() async throws {
        if wantsHelp { return Console.tell("durablerpc app", Self.flags) }
        let running = try await Ports.opening("--app-port") {
            try Endpoint([]).reservations(through: client)
                .start(host: LocalPattern.host, port: port)
        }
        Console.say("The program listens on http://localhost:\(running.port)")
        await running.untilTerminated()
    }
}
