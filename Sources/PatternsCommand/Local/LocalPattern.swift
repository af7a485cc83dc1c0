internal import Commands
internal import Foundation
internal import Patterns
internal import Restate
internal import RestateClient
internal import RestateLocal

/// `patterns NAME`: its services, the outside parts and a local runtime in one process; with `--crash` in several.
struct LocalPattern {
    private static let switches = [
        Flag(
            toggle: "--crash",
            "kills the services' process every few seconds; with --data also the runtime's")
    ]
    /// For the pattern that has SQL.
    private static let sqlSwitch = Flag(
        toggle: "--write-sql", "only writes the SQL of the pattern into a folder db")
    private static func flags(of pattern: Pattern) -> [Flag] {
        let ports = [
            Flag(
                "--port", "P", "the services, 0 for any free one, as for all ports",
                standard: "9080"),
            Flag("--parts-port", "P", "the outside parts", standard: "9096"),
        ]
        let app = [Flag("--app-port", "P", "the program of durablerpc", standard: "5050")]
        return ports + (pattern.name == ofApp ? app : []) + RuntimeFlags.flags
            + PartsFlag.flags(of: pattern)
    }
    static let host = "127.0.0.1"

    private let pattern: Pattern
    private let port: Int
    private let partsPort: Int
    private let appPort: Int
    private let flags: [Flag]
    private let switches: [Flag]
    private let runtime: LocalServerSettings
    private let chance: PartsFlags
    private let crashes: Bool
    private let writesSQL: Bool
    private let wantsHelp: Bool

    init(_ pattern: Pattern, _ words: some Sequence<String>) throws {
        self.pattern = pattern
        switches = Self.switches + (pattern.name == Pattern.database.name ? [Self.sqlSwitch] : [])
        flags = Self.flags(of: pattern)
        let arguments = try Arguments(
            words, flags: flags.map(\.name), switches: switches.map(\.name))
        wantsHelp = arguments.wantsHelp
        crashes = arguments.isOn("--crash")
        writesSQL = arguments.isOn(Self.sqlSwitch.name)
        let ports = 0...65535
        port = try arguments.number("--port", in: ports) ?? 9080
        partsPort = try arguments.number("--parts-port", in: ports) ?? 9096
        appPort = try arguments.number("--app-port", in: ports) ?? 5050
        runtime = try RuntimeFlags.settings(arguments)
        chance = try PartsFlags(arguments)
    }

    func run() async throws {
        if wantsHelp {
            Console.tell(pattern.name, switches + flags)
            if let reason = pattern.isMissing { Console.say("\n\(reason)") }
            return
        }
        if writesSQL { return try DatabasePlace.writeSQL() }
        if let reason = pattern.isMissing { throw ClientFailed(reason) }
        let free = try await Ports.free(wishes)
        let database =
            pattern.name == Pattern.database.name
            ? try await DatabasePlace.open(chance.databaseURL) : nil
        defer { database?.stop() }
        let parts = chance.parts()
        let partsServer = try parts.start(host: Self.host, port: partsPort)
        if crashes {
            try await runCrashing(parts, partsServer, database, free)
        } else {
            try await runTogether(parts, partsServer, database)
        }
        await partsServer.shutdown(grace: .zero)
    }

    /// All ports. What is taken is told before anything has begun.
    private var wishes: [Ports.Wish] {
        var wishes = [
            Ports.Wish("--port", port), Ports.Wish("--ingress-port", runtime.ingressPort),
            Ports.Wish("--admin-port", runtime.adminPort), Ports.Wish("--parts-port", partsPort),
        ]
        if pattern.name == Self.ofApp { wishes.append(Ports.Wish("--app-port", appPort)) }
        return wishes
    }

    /// The pattern with an ordinary program.
    private static let ofApp = "durablerpc"

    private func runTogether(
        _ parts: Parts, _ partsServer: RunningEndpoint, _ database: DatabasePlace?
    ) async throws {
        var settings = chance.settings(parts, partsURL: PatternAddresses.url(partsServer.port))
        if let database { settings.databaseURL = database.url }
        let endpoint = try Endpoint(pattern.services(settings))
            .logger(LineLogger(), level: .info)
            .start(host: Self.host, port: port)
        let server = try await LocalServer(runtime).start()
        try await server.register("http://\(Self.host):\(endpoint.port)")
        let app = try await begin(
            parts, partsServer, database, endpoint: endpoint.port, ingress: server.ingressPort,
            admin: server.adminPort)
        await server.untilTerminated()
        await app?.shutdown(grace: .zero)
        await endpoint.shutdown()
    }

    /// Services, and with a data folder the runtime, are processes of their own.
    private func runCrashing(
        _ parts: Parts, _ partsServer: RunningEndpoint, _ database: DatabasePlace?,
        _ ports: [Int]
    ) async throws {
        var words = ["serve", pattern.name, ChildProcess.flag.name, "--host", Self.host]
        words += ["--port", "\(ports[0])", "--parts-url", PatternAddresses.url(partsServer.port)]
        words += chance.words
        if let database, chance.databaseURL == nil { words += ["--database-url", database.url] }
        let loop = CrashLoop(lots: chance.lots)
        try await loop.start("services", words)
        var server: RunningLocalServer?
        if let data = runtime.dataDirectory {
            try await loop.start(
                "runtime",
                [
                    "runtime", ChildProcess.flag.name, "--data", data, "--ingress-port",
                    "\(ports[1])", "--admin-port", "\(ports[2])",
                ])
        } else {
            var settings = runtime
            (settings.ingressPort, settings.adminPort) = (ports[1], ports[2])
            server = try await LocalServer(settings).start()
        }
        try await register(ports[0], at: ports[2], loop)
        let app = try await begin(
            parts, partsServer, database, endpoint: ports[0], ingress: ports[1], admin: ports[2])
        let crashing = Task { await loop.run() }
        await partsServer.untilTerminated()
        crashing.cancel()
        await crashing.value
        await loop.end()
        await app?.shutdown(grace: .zero)
        await server?.shutdown()
    }

    /// Registers the services when both sides answer.
    private func register(_ endpoint: Int, at admin: Int, _ loop: CrashLoop) async throws {
        guard let services = URL(string: "http://\(Self.host):\(endpoint)"),
            let address = URL(string: "http://\(Self.host):\(admin)")
        else { return }
        let retries = ClientRetryPolicy.never
        let end = ContinuousClock.now + .seconds(30)
        while true {
            do {
                _ = try await RestateAdmin(address, retries: retries)
                    .register(services, force: true)
                return
            } catch {
                try await loop.tend()
                if ContinuousClock.now > end { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Starts what needs the ingress, and says where everything is.
    /// - Returns: the ordinary program of `durablerpc`.
    private func begin(
        _ parts: Parts, _ partsServer: RunningEndpoint, _ database: DatabasePlace?,
        endpoint: Int, ingress: Int, admin: Int
    ) async throws -> RunningEndpoint? {
        parts.deliver(to: PatternAddresses.url(ingress), chance.lots)
        var app: RunningEndpoint?
        if pattern.name == Self.ofApp, let url = URL(string: PatternAddresses.url(ingress)) {
            app = try Endpoint([]).logger(SilentLogger())
                .reservations(through: RestateClient(ingress: url))
                .start(host: Self.host, port: appPort)
        }
        let place = PatternAddresses(
            ingressPort: ingress, adminPort: admin, endpointPort: endpoint,
            partsPort: partsServer.port, appPort: app?.port, databaseURL: database?.url)
        Console.say(place.description(of: pattern))
        return app
    }
}
