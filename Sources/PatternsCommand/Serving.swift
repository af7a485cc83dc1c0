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
            IngressChoice.flag, ChildProcess.flag,
        ] + PartsFlag.all.map(\.flag)

    private let services: [any RestateService]
    private let host: String?
    private let port: Int
    private let isChild: Bool
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws {
        let arguments = try Arguments(
            words, flags: Self.flags.filter { $0.kind != .toggle }.map(\.name),
            switches: [ChildProcess.flag.name], operandLimit: Pattern.all.count)
        wantsHelp = arguments.wantsHelp
        isChild = arguments.isOn(ChildProcess.flag.name)
        host = try arguments.host("--host")
        port = try arguments.number("--port", in: 0...65535) ?? 9080
        let chance = try PartsFlags(arguments)
        let patterns = try arguments.operands.map(PatternsCommand.pattern)
        guard !patterns.isEmpty || wantsHelp else {
            throw UsageError("serve wants to know which patterns.")
        }
        if !wantsHelp {
            try PartsFlag.check(
                arguments, for: patterns, hasParts: arguments.text("--parts-url") == nil)
        }
        let settings: PatternSettings
        let ingress = try IngressChoice(arguments)
        if let url = try arguments.address("--parts-url") {
            settings = chance.settings(partsURL: url.withoutSlash)
        } else {
            let parts = chance.parts()
            parts.deliver(to: ingress.text, chance.lots)
            settings = chance.settings(parts, partsURL: "http://localhost:9096")
        }
        if let reason = patterns.compactMap(\.isMissing).first { throw ClientFailed(reason) }
        do {
            services = try Pattern.services(of: patterns, settings)
        } catch {
            throw UsageError(error.description)
        }
    }

    func run() async throws {
        if wantsHelp { return Console.tell("serve NAME…", Self.flags) }
        if isChild { ChildProcess.endWithInput() }
        let running = try await Ports.opening("--port") {
            try Endpoint(services).logger(LineLogger(), level: .info).start(host: host, port: port)
        }
        if !isChild {
            Console.say(
                """
                Register it with a Restate server:
                  restate -y deployments register --force localhost:\(running.port)
                """)
        }
        await running.untilTerminated()
    }
}

/// `patterns parts`: the outside parts alone, which outlive an endpoint that is killed.
struct PartsAlone {
    private static let flags =
        [
            Flag("--host", "H", "name or address to listen on", standard: "127.0.0.1"),
            Flag("--port", "P", "0 for any free one", standard: "9096"),
            IngressChoice.flag,
        ] + PartsFlag.all.filter(\.isOfParts).map(\.flag)

    private let host: String
    private let port: Int
    private let ingress: String
    private let chance: PartsFlags
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws {
        let arguments = try Arguments(words, flags: Self.flags.map(\.name))
        wantsHelp = arguments.wantsHelp
        host = try arguments.host("--host") ?? "127.0.0.1"
        port = try arguments.number("--port", in: 0...65535) ?? 9096
        ingress = try IngressChoice(arguments).text
        chance = try PartsFlags(arguments)
    }

    func run() async throws {
        if wantsHelp { return Console.tell("parts", Self.flags) }
        let parts = chance.parts()
        parts.deliver(to: ingress, chance.lots)
        let running = try await Ports.opening("--port") {
            try parts.start(host: host, port: port)
        }
        Console.say("The outside parts listen on http://localhost:\(running.port)")
        await running.untilTerminated()
    }
}
