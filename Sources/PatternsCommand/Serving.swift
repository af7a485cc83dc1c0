internal import Commands
internal import Patterns
internal import Restate

/// `patterns serve NAME…`: the services alone, for a Restate server.
struct Serving {
    private static let flags =
        [
            Flag("--host", "H", "name or address to listen on", standard: "all interfaces"),
            Flag("--port", "P", "the services, 0 for any free one", standard: "9080"),
            Flag(
                "--parts-url", "U", "where 'patterns parts' listens",
                standard: "parts in this process, which end with it"),
        ] + PartsFlags.flags

    private let services: [any RestateService]
    private let host: String?
    private let port: Int
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws {
        let arguments = try Arguments(
            words, flags: Self.flags.map(\.name), operandLimit: Pattern.all.count)
        wantsHelp = arguments.wantsHelp
        host = try arguments.host("--host")
        port = try arguments.number("--port", in: 0...65535) ?? 9080
        let chance = try PartsFlags(arguments)
        let partsURL = arguments.text("--parts-url")
        let effects: any OutsideEffects = partsURL.map { EffectsClient($0) } ?? chance.parts()
        let settings = chance.settings(effects, partsURL: partsURL ?? "http://localhost:9096")
        let patterns = try arguments.operands.map(PatternsCommand.pattern)
        guard !patterns.isEmpty || wantsHelp else {
            throw UsageError("serve wants to know which patterns.")
        }
        do {
            services = try Pattern.services(of: patterns, settings)
        } catch {
            throw UsageError(error.description)
        }
    }

    func run() async throws {
        if wantsHelp {
            return Console.say(
                "usage: patterns serve NAME… [flags]\n\n\(FlagGroup.help([FlagGroup(Self.flags)]))")
        }
        let running = try Endpoint(services).start(host: host, port: port)
        Console.say(
            """
            Register it with a Restate server:
              restate -y deployments register --force localhost:\(running.port)
            """)
        await running.untilTerminated()
    }
}

/// `patterns parts`: the outside parts alone, which outlive an endpoint that is killed.
struct PartsAlone {
    private static let flags =
        [
            Flag("--host", "H", "name or address to listen on", standard: "127.0.0.1"),
            Flag("--port", "P", "0 for any free one", standard: "9096"),
        ] + PartsFlags.flags

    private let host: String
    private let port: Int
    private let chance: PartsFlags
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws {
        let arguments = try Arguments(words, flags: Self.flags.map(\.name))
        wantsHelp = arguments.wantsHelp
        host = try arguments.host("--host") ?? "127.0.0.1"
        port = try arguments.number("--port", in: 0...65535) ?? 9096
        chance = try PartsFlags(arguments)
    }

    func run() async throws {
        if wantsHelp {
            return Console.say(
                "usage: patterns parts [flags]\n\n\(FlagGroup.help([FlagGroup(Self.flags)]))")
        }
        let running = try Endpoint([]).parts(chance.parts()).start(host: host, port: port)
        Console.say("The outside parts listen on http://localhost:\(running.port)")
        await running.untilTerminated()
    }
}
