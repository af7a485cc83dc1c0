internal import Foundation
internal import Nexus
internal import NexusOperations
internal import Restate
internal import RestateClient
internal import RestateLocal

/// A box office of our own: a local runtime with the services in this process, and a payment
/// gateway beside it, all on free ports.
struct Stage: Sendable {
    let place: Place
    let server: RunningLocalServer
    let ledger: LedgerReader
    /// The gateway's address.
    let gateway: String
    let outbox: Outbox

    /// Where the lines of the endpoints go that stages have.
    @TaskLocal static var logger: any RestateLogger = SilentLogger()

    /// Sets it up for the time of `body`.
    static func with(
        _ settings: NexusSettings, failingMails: Int = 0, gatewayPort: Int? = nil,
        body: (Stage) async throws -> Void
    ) async throws {
        let outbox = Outbox(mailTime: settings.mailTime, failures: failingMails)
        var settings = settings
        try await withGateway(settings) { port in
            let gateway = "http://127.0.0.1:\(gatewayPort ?? port)"
            settings.gatewayURL = try GatewayURL(gateway)
            let services = BoxOffice(settings, mailer: outbox).endpoint.logger(logger)
            try await withServer { server in
                try await server.register(services)
                try await body(try Stage(server, gateway: gateway, outbox: outbox))
            }
        }
    }

    init(_ server: RunningLocalServer, gateway: String, outbox: Outbox) throws {
        guard let ingress = URL(string: server.ingressURL), let admin = URL(string: server.adminURL)
        else { throw ScenarioError("The local runtime has no address") }
        place = try Place(
            client: RestateClient(ingress: ingress), admin: RestateAdmin(admin), gateway: gateway)
        self.server = server
        self.gateway = gateway
        ledger = try LedgerReader(gateway: gateway)
        self.outbox = outbox
    }

    /// A gateway in this process, so that its ledger outlives an endpoint that is killed.
    static func withGateway(
        _ settings: NexusSettings, port: Int = 0, body: (_ port: Int) async throws -> Void
    ) async throws {
        let running = try BoxOffice.gatewayAlone(chargeTime: settings.chargeTime)
            .start(host: "127.0.0.1", port: port, loops: 1)
        try await finally(body: { try await body(running.port) }) {
            await running.shutdown(grace: .zero)
        }
    }

    static func withServer(body: (RunningLocalServer) async throws -> Void) async throws {
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        settings.ingressPort = 0
        settings.adminPort = 0
        let server = try await LocalServer(settings).start()
        try await finally(body: { try await body(server) }) { await server.shutdown() }
    }
}

extension BoxOffice {
    fileprivate static func gatewayAlone(chargeTime: Duration) -> Endpoint {
        Endpoint([]).serving(MockGateway(chargeTime: chargeTime))
    }
}

/// `defer` for what must be waited for.
func finally(
    body: () async throws -> Void, _ end: () async -> Void
) async throws {
    do {
        try await body()
    } catch {
        await end()
        throw error
    }
    await end()
}

/// A port that was free just now.
func freePort() async throws -> Int {
    let running = try Endpoint([]).route("GET", "/") { _ in .text("") }
        .start(host: "127.0.0.1", port: 0, loops: 1)
    let port = running.port
    await running.shutdown(grace: .zero)
    return port
}
