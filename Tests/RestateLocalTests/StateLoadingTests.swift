import Foundation
import Restate
import RestateClient
import RestateLocal
import Testing

private struct Shelf: VirtualObject {
    static let title = StateKey<String?>("title")
    static let count = StateKey<Int>("count", default: 0)

    func put(_ ctx: ObjectContext, title: String) async throws {
        ctx.set(Self.title, title)
        ctx.set(Self.count, 7)
    }

    func look(_ ctx: SharedObjectContext) async throws -> String {
        let count = try await ctx.get(Self.count)
        return "\(count) \(try await ctx.get(Self.title) ?? "-")"
    }

    struct API: HandlerTable {
        let put = exclusive(Shelf.put)
        let look = shared(Shelf.look).stateLoading(.only(Shelf.count))
        let all = shared(Shelf.look)
        let none = shared(Shelf.look).stateLoading(.none)
    }
}

/// Which entries of the state come along with an attempt.
@Suite(.timeLimit(.minutes(10))) struct StateLoadingTests {
    @Test func `entries that are named come along, and others are fetched`() async throws {
        var settings = LocalServerSettings()
        (settings.ingressPort, settings.adminPort) = (0, 0)
        let server = try await LocalServer(settings).start()
        try await server.register(Endpoint(Shelf()))
        let client = RestateClient(ingress: try #require(URL(string: server.ingressURL)))
        let admin = RestateAdmin(try #require(URL(string: server.adminURL)))
        let shelf = client.object(Shelf.self, "a")
        try await shelf.put("Emma")
        for (handler, reads) in [
            (shelf.look, ["GetEagerState", "GetLazyState"]),
            (shelf.all, ["GetEagerState", "GetEagerState"]),
            (shelf.none, ["GetLazyState", "GetLazyState"]),
        ] {
            let sent = try await handler.send()
            #expect(try await sent.attach() == "7 Emma")
            struct Row: Decodable { var entry_type: String }
            let rows: [Row] = try await admin.query(
                "SELECT entry_type FROM sys_journal WHERE id = '\(sent.id)' ORDER BY index")
            let kinds = rows.map { $0.entry_type.replacing("Command: ", with: "") }
            #expect(kinds.filter { $0.hasPrefix("Get") } == reads, "\(kinds)")
        }
        await server.shutdown()
    }
}
