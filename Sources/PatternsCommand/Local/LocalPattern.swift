internal import Commands
internal import Foundation
internal import Patterns
internal import Restate
internal import RestateClient
internal import RestateLocal

/// `patterns NAME`: its services, the outside parts and a local runtime in one process.
struct LocalPattern {
    private static let flags =
        [
            Flag(
                "--port", "P", "the services, 0 for any free one, as for all ports",
                standard: "9080"),
            Flag("--ingress-port", "P", "where clients call", standard: "8080"),
            Flag("--admin-port", "P", "the admin API", standard: "9070"),
            Flag("--parts-port", "P", "the outside parts", standard: "9096"),
            Flag("--app-port", "P", "the program of durablerpc", standard: "5050"),
            Flag("--data", "DIR", "keeps everything of the runtime in this folder"),
        ] + PartsFlags.flags

    private let pattern: Pattern
    private let port: Int
    private let partsPort: Int
    private let appPort: Int
    private let runtime: LocalServerSettings
    private let chance: PartsFlags
    private let wantsHelp: Bool

    init(_ pattern: Pattern, _ words: some Sequence<String>) throws {
        self.pattern = pattern
        let arguments = try Arguments(words, flags: Self.flags.map(\.name))
        wantsHelp = arguments.wantsHelp
        let ports = 0...65535
        port = try arguments.number("--port", in: ports) ?? 9080
        partsPort = try arguments.number("--parts-port", in: ports) ?? 9096
        appPort = try arguments.number("--app-port", in: ports) ?? 5050
        var runtime = LocalServerSettings()
        runtime.ingressPort = try arguments.number("--ingress-port", in: ports) ?? 8080
        runtime.adminPort = try arguments.number("--admin-port", in: ports) ?? 9070
        runtime.dataDirectory = arguments.text("--data")
        runtime.storageFailed = { Console.fail("patterns", $0) }
        runtime.log = { Console.say($0) }
        runtime.detail = .trouble
        self.runtime = runtime
        chance = try PartsFlags(arguments)
    }

    func run() async throws {
        if wantsHelp {
            return Console.say(
                "usage: patterns \(pattern.name) [flags]\n\n\(FlagGroup.help([FlagGroup(Self.flags)]))"
            )
        }
        let host = "127.0.0.1"
        let parts = chance.parts()
        let partsServer = try Endpoint([]).logger(SilentLogger()).parts(parts)
            .start(host: host, port: partsPort)
        let partsURL = "http://localhost:\(partsServer.port)"
        let services = pattern.services(chance.settings(parts, partsURL: partsURL))
        let endpoint = try Endpoint(services).logger(LineLogger(), level: .info)
            .start(host: host, port: port)
        let server = try await LocalServer(runtime).start()
        try await server.register("http://127.0.0.1:\(endpoint.port)")
        let app = try startApp(host, server)

        Console.say(
            """
            \(pattern.name): \(pattern.purpose)
              ingress   \(server.ingressURL)
              admin     \(server.adminURL)
              services  http://localhost:\(endpoint.port)
              effects   \(partsURL)/effects

            \(lines(server, app))
            """)
        await server.untilTerminated()
        await app?.shutdown(grace: .zero)
        await endpoint.shutdown()
        await partsServer.shutdown(grace: .zero)
    }

    /// The ordinary program that calls handlers of `durablerpc`.
    private func startApp(
        _ host: String, _ server: RunningLocalServer
    ) throws -> RunningEndpoint? {
        guard pattern.name == "durablerpc", let ingress = URL(string: server.ingressURL) else {
            return nil
        }
        return try Endpoint([]).logger(SilentLogger())
            .reservations(through: RestateClient(ingress: ingress))
            .start(host: host, port: appPort)
    }

    /// The lines to try it out, with the ports that there are.
    private func lines(_ server: RunningLocalServer, _ app: RunningEndpoint?) -> String {
        var lines = pattern.lines
            .replacing("localhost:8080", with: "localhost:\(server.ingressPort)")
            .replacing("localhost:9070", with: "localhost:\(server.adminPort)")
        if let app { lines = lines.replacing("localhost:5050", with: "localhost:\(app.port)") }
        return lines
    }
}

/// Prints what handlers say as it is: the lines are what the patterns show.
private struct LineLogger: RestateLogger {
    func log(_ record: LogRecord) {
        Console.say(record.level == .info ? record.message : record.description)
    }
}
