import Foundation
import Nexus
import NexusScenarios
import Primitives
import Restate
import RestateClient
import RestateLocal
import Testing

/// The suite at shops where others are buying: they do not notice.
@Suite(.timeLimit(.minutes(10))) struct OpenShopTests {
    private func withShop(
        _ house: House, _ body: (RestateClient, MockGateway) async throws -> Void
    ) async throws {
        let gateway = MockGateway(chargeTime: .zero)
        var settings = NexusSettings()
        settings.house = house
        let endpoint = BoxOffice(settings, gateway: gateway, mailer: Outbox(mailTime: .zero))
            .endpoint.logger(SilentLogger())
        var server = LocalServerSettings()
        (server.ingressPort, server.adminPort) = (0, 0)
        let running = try await LocalServer(server).start()
        try await running.register(endpoint)
        try await body(
            RestateClient(ingress: #require(URL(string: running.ingressURL))), gateway)
        await running.shutdown()
    }

    private func score(
        _ client: RestateClient, wholeGame: Bool = false
    ) async throws -> (Score, lines: [String]) {
        let lines = Locked<[String]>([])
        let suite = Suite(ScenarioTimes(charge: .zero, mail: .zero, buyers: 10)) { line in
            lines.withLock { $0.append(line) }
        }
        let score = try await suite.run(at: Place(client: client), wholeGame: wholeGame)
        return (score, lines.withLock { $0 })
    }

    @Test func `a shop one seat before its end is as it was afterwards`() async throws {
        try await withShop(.open) { client, _ in
            let map = client.object(SeatMap.self, SeatMap.key)
            for seat in SeatMap.seats.dropLast() { _ = try await map.set(SeatUpdate(seat, .sold)) }
            let before = try await map.get()
            let (score, lines) = try await score(client)
            #expect(score.failed == 0, "\(lines)")
            // Two need an admin API or a ledger.
            #expect(score.skipped == 2)
            #expect(try await map.get() == before)
        }
    }

    @Test func `a whole game is played where that is wanted`() async throws {
        try await withShop(.open) { client, _ in
            let (score, lines) = try await score(client, wholeGame: true)
            #expect(score.failed == 0, "\(lines)")
            #expect(lines.contains { $0.hasPrefix("ok    50 sold seats reset the map") })
        }
    }

    @Test func `a sealed shop is asked what it can answer, and nothing is booked`() async throws {
        try await withShop(.sealed(["A1", "A2"])) { client, gateway in
            let (score, lines) = try await score(client)
            #expect(score.failed == 0 && score.passed == 6, "\(lines)")
            #expect(await gateway.entries.isEmpty)
        }
    }
}
