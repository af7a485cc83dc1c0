import Foundation
import NexusScenarios
import Primitives
import Restate
import RestateClient
import RestateHTTP
import RestateLocal
import Support
import Testing

/// The suite that is made for servers, made here: with payments and mails that take no time.
@Suite(.timeLimit(.minutes(10))) struct ScenarioTests {
    @Test func `every check passes on stages of its own, a killed endpoint included`() async throws
    {
        let folder = try #require(Bundle.main.executableURL?.deletingLastPathComponent())
        let program = folder.appending(path: "nexus").path(percentEncoded: false)
        let lines = Lines()
        let times = ScenarioTimes(charge: .zero, mail: .zero, buyers: 100)
        let score = try await Suite(times) { lines.add($0) }.runLocally(executable: program)
        #expect(score.failed == 0, "\(lines.all)")
        #expect(score.skipped == 0, "\(lines.all)")
        #expect(score.passed == lines.all.count)
        #expect(score.passed >= 18)
    }

    @Test func `a token that is not accepted is told before any check`() async throws {
        let endpoint = try Endpoint([]).route("GET", "/restate/health") { _ in
            .text("unauthorized", status: 401)
        }.start(host: "127.0.0.1", port: 0, loops: 1)
        let url = try #require(URL(string: "http://127.0.0.1:\(endpoint.port)"))
        let place = try Place(client: RestateClient(ingress: url, token: "wrong"))
        let error = await #expect(throws: ScenarioError.self) {
            try await Suite { _ in }.run(at: place)
        }
        #expect(error?.description.contains("RESTATE_AUTH_TOKEN") == true)
        await endpoint.shutdown(grace: .zero)
    }

    @Test func `a server without the services is told before any check`() async throws {
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        settings.ingressPort = 0
        settings.adminPort = 0
        let server = try await LocalServer(settings).start()
        let lines = Lines()
        let url = try #require(URL(string: server.ingressURL))
        let place = try Place(client: RestateClient(ingress: url))
        let missing = await #expect(throws: ScenarioError.self) {
            try await Suite { lines.add($0) }.run(at: place)
        }
        #expect(missing?.description.contains("does not know Ticket, SeatMap, Checkout") == true)
        await server.shutdown()
        let port = try SilentPort()
        let silence = "http://127.0.0.1:\(port.number)"
        let nowhere = try Place(client: RestateClient(ingress: #require(URL(string: silence))))
        let gone = await #expect(throws: ScenarioError.self) {
            try await Suite { lines.add($0) }.run(at: nowhere)
        }
        #expect(gone?.description.hasPrefix("Nobody listens at \(silence)") == true)
        #expect(lines.all.isEmpty)
    }
}

/// The lines that the suite tells.
private final class Lines: Sendable {
    private let lines = Locked<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}
