import Foundation
import Restate
import RestateClient
import RestateLocal
import Testing

private struct Shelf: VirtualObject {
    static let book = StateKey<String?>("book")
    static let count = StateKey<Int?>("count")

    func put(_ ctx: ObjectContext, title: String) async throws {
        ctx.set(Self.book, title)
        ctx.set(Self.count, 1)
    }

    struct API: HandlerTable {
        let put = exclusive(Shelf.put)
    }
}

/// State and tables, through the admin API.
@Suite(.timeLimit(.minutes(10))) struct AdminStateTests {
    private func withShelf(
        _ body: (RestateClient, RestateAdmin) async throws -> Void
    ) async throws {
        var settings = LocalServerSettings()
        (settings.ingressPort, settings.adminPort) = (0, 0)
        let server = try await LocalServer(settings).start()
        try await server.register(Endpoint(Shelf()))
        try await body(
            RestateClient(ingress: #require(URL(string: server.ingressURL))),
            RestateAdmin(#require(URL(string: server.adminURL))))
        await server.shutdown()
    }

    @Test func `the state of a key is read as bytes, whatever its name is`() async throws {
        try await withShelf { client, admin in
            try await client.object(Shelf.self, "it's").put("Ä/\u{1}")
            let state = try await admin.state(of: "Shelf", "it's")
            #expect(
                state.entries.mapValues { String(decoding: $0, as: UTF8.self) }
                    == ["book": "\"Ä/\\u0001\"", "count": "1"])
            #expect(try await admin.state(of: "Shelf", "other").entries.isEmpty)
        }
    }

    @Test func `a state is replaced if it is the one that was read`() async throws {
        try await withShelf { client, admin in
            try await client.object(Shelf.self, "a").put("Emma")
            let old = try await admin.state(of: "Shelf", "a")
            try await admin.replaceState(
                of: "Shelf", "a", with: ["count": Array("2".utf8)], version: old.version)
            let new = try await admin.state(of: "Shelf", "a")
            #expect(new.entries == ["count": Array("2".utf8)])
            // The version of the first reader is over.
            try await admin.replaceState(of: "Shelf", "a", with: [:], version: old.version)
            #expect(try await admin.state(of: "Shelf", "a") == new)
            try await admin.replaceState(of: "Shelf", "a", with: [:], version: nil)
            #expect(try await admin.state(of: "Shelf", "a").entries.isEmpty)
        }
    }

    @Test func `a query gives its rows, and a wrong one the server's words`() async throws {
        struct Row: Decodable, Equatable {
            var service_key: String
            var nothing: String?
        }
        try await withShelf { client, admin in
            try await client.object(Shelf.self, "a").put("Emma")
            let rows: [Row] = try await admin.query(
                "SELECT service_key, NULL AS nothing FROM state WHERE key = 'book'")
            #expect(rows == [Row(service_key: "a", nothing: nil)])
            await #expect(throws: IngressError.self) {
                try await admin.query("SELECT FROM", as: Row.self)
            }
        }
    }
}
