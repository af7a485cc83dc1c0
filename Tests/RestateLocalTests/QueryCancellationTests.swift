import Restate
import RestateHTTP
import RestateLocal
import Support
import Testing

@testable import RestateLocal
@testable import SQLEngine

/// What becomes of a query whose client goes away.
@Suite(.timeLimit(.minutes(10))) struct QueryCancellationTests {
    /// A table without an end, which is cancelled at one of its rows.
    private final class Endless: TableSource {
        let cancellation = QueryCancellation()
        private(set) var count = 0

        var tables: [TableDefinition] { RuntimeTable.definitions }

        func scan(
            _ table: String, _ columns: [String], wanted: [String]?,
            _ receive: ([SQLValue]) throws -> Bool
        ) throws {
            while try receive(columns.map { _ in .null }) {
                count += 1
                if count == 100 { cancellation.cancel() }
                if count > 1_000_000 { throw QueryError.execution("never cancelled") }
            }
        }
    }

    @Test(arguments: [
        "select count(*) from sys_journal", "select entry_type from sys_journal",
        "select entry_type from sys_journal order by entry_type",
        "select distinct entry_type from sys_journal",
        "select count(*) from sys_journal a join sys_journal b on a.id = b.id",
        "with recursive c as (select entry_type from sys_journal) select * from c",
    ])
    func `a query that nobody waits for ends within some thousand rows`(query: String) {
        let source = Endless()
        var limits = QueryLimits()
        limits.time = .seconds(3600)
        #expect(throws: QueryError.execution("the client has gone")) {
            try Query.answer(
                query, on: source, as: .json, now: 0, limits: limits,
                cancellation: source.cancellation)
        }
        #expect(source.count < 10_000)
    }

    /// Takes hours.
    private static let endless = """
        select sum(a.x) from generate_series(1, 1000000) a(x), generate_series(1, 1000000) b(x)
        """

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a client that goes away leaves its thread to the next query`(
        version: HTTPVersion
    ) async throws {
        try await withLocalServer([], registered: false) { settings in
            settings.queries.threads = 1
            settings.queries.waiting = 0
            settings.queries.time = .seconds(3600)
        } body: { server, _ in
            let port = server.adminPort
            try await withConnection(port: port, version: version) { connection in
                let stream = connection.open(
                    RequestHead(
                        method: "POST", path: "/query", authority: "127.0.0.1:\(port)",
                        headers: [
                            "accept": "application/json", "content-type": "application/json",
                        ]),
                    endStream: false)
                stream.write(Array(#"{"query":"\#(Self.endless)"}"#.utf8))
                stream.finish()
                // One is under way, and no other may wait.
                while try await server.query("select 1 as a").hasPrefix(#"{"rows""#) {}
            }
            while try await !server.query("select 1 as a").hasPrefix(#"{"rows""#) {}
            #expect(try await server.query("select 1 as a") == #"{"rows":[{"a":1}]}"#)
        }
    }
}
