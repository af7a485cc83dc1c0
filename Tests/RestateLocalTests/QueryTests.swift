import Foundation
import Support
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import SQLEngine

/// Tables given as rows of named values.
struct MadeUpTables: TableSource {
    var rows: [String: [[String: SQLValue]]] = [:]

    var tables: [TableDefinition] { RuntimeTable.definitions }

    func scan(
        _ table: String, _ columns: [String], wanted: [String]?,
        _ receive: ([SQLValue]) throws -> Bool
    ) throws {
        for row in rows[table] ?? [] {
            guard try receive(columns.map { row[$0] ?? .null }) else { return }
        }
    }

    /// 2024-01-02T03:04:05Z
    static let now: Int64 = 1_704_164_645_000_000

    func json(_ query: String, limits: QueryLimits = QueryLimits()) throws -> String {
        let bytes = try Query.answer(query, on: self, as: .json, now: Self.now, limits: limits)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// SQL on rows that a test makes up. What the runtime fills in is tested with a server.
@Suite struct QueryTests {
    private func json(_ query: String, _ rows: MadeUpTables = MadeUpTables()) throws -> String {
        try rows.json(query)
    }

    private static let first = "inv_1dceKvwtEc2n430XrENAyNbBhn94Eij7IE"
    private static let second = "inv_1dceKvwtEc2n430XrENAyNbBhn94Eij7IF"

    private let seats = MadeUpTables(rows: [
        "sys_invocation": [
            [
                "id": .text(first), "target": .text("Ticket/seat-1/get"),
                "target_service_name": .text("Ticket"), "target_handler_name": .text("get"),
                "status": .text("completed"), "created_at": .time(2000),
                "completion_retention": .duration(milliseconds: 86_400_000),
                "suspended_waiting_for_completions": .list([1, 2] as [UInt32]),
            ],
            [
                "id": .text(second), "target": .text("Ticket/seat-1/reserve"),
                "target_service_name": .text("Ticket"), "target_handler_name": .text("reserve"),
                "status": .text("running"), "created_at": .time(1000), "retry_count": .integer(3),
                "journal_retention": .duration(milliseconds: 0),
            ],
        ],
        "state": [
            ["key": .text("state"), "value": .bytes([0x35]), "partition_key": .number(UInt64.max)]
        ],
        "sys_service": [["name": .text("Ticket"), "public": .boolean(true)]],
        "sys_deployment": [["services": .list(["A", "B"])]],
    ])

    @Test func `what is null is left out, and members keep their order`() throws {
        #expect(
            try json("select status, id, retry_count from sys_invocation order by id", seats)
                == #"{"rows":[{"status":"completed","id":"\#(Self.first)"},"#
                + #"{"status":"running","id":"\#(Self.second)","retry_count":3}]}"#)
    }

    @Test func `each type is written as the server writes it`() throws {
        #expect(
            try json("select partition_key, value from state", seats)
                == #"{"rows":[{"partition_key":18446744073709551615,"value":"35"}]}"#)
        #expect(try json("select public from sys_service", seats) == #"{"rows":[{"public":true}]}"#)
        #expect(
            try json("select services from sys_deployment", seats)
                == #"{"rows":[{"services":["A","B"]}]}"#)
        #expect(
            try json(
                "select created_at, completion_retention as kept from sys_invocation limit 1", seats
            )
                == #"{"rows":[{"created_at":"1970-01-01T00:00:02Z","kept":"PT86400S"}]}"#)
        #expect(
            try json("select journal_retention as kept from sys_invocation offset 1", seats)
                == #"{"rows":[{"kept":"P0D"}]}"#)
    }

    @Test func `the first value of a group follows its order`() throws {
        for (order, id) in [("ASC", Self.second), ("DESC", Self.first), ("", Self.second)] {
            #expect(
                try json(
                    "SELECT COUNT(1) as n, FIRST_VALUE(id ORDER BY created_at \(order)) as first "
                        + "FROM sys_invocation GROUP BY target_service_name", seats)
                    == #"{"rows":[{"n":2,"first":"\#(id)"}]}"#)
        }
    }

    @Test func `the command line's count names a table by the alias that it has further in`() throws
    {
        #expect(
            try json(
                "SELECT COUNT(1) FROM (SELECT * FROM sys_invocation inv LIMIT 50000) "
                    + "WHERE inv.target_service_name IN ('Ticket') AND status != 'completed'", seats
            )
                == #"{"rows":[{"count(Int64(1))":1}]}"#)
    }

    @Test(arguments: [
        ("select nothing", 500, "Schema error: No field named nothing."),
        (
            "select x from sys_service", 500,
            "Schema error: No field named x. Valid fields are sys_service.name, sys_service.revision, "
                + "sys_service.public, sys_service.ty, sys_service.deployment_id."
        ),
        (
            "select * from sys_idempotency", 500,
            "Error during planning: table 'restate.public.sys_idempotency' not found"
        ),
        (
            "select * from sqlite_master", 500,
            "Error during planning: table 'restate.public.sqlite_master' not found"
        ),
        (
            "with recursive c(x) as (select 1 union all select x+1 from c) "
                + "select zeroblob(60000000) from c limit 60", 500,
            #"Schema error: No field named x. Valid fields are c."Int64(1)"."#
        ),
        (
            "with recursive c as (select 1 as x union all select x+1 from c) "
                + "select zeroblob(60000000) from c limit 60", 500,
            "Error during planning: Invalid function 'zeroblob'.\nDid you mean 'version'?"
        ),
        (
            "selec 1", 400,
            #"SQL error: ParserError("Expected: an SQL statement, found: selec at Line: 1, Column: 1")"#
        ),
        ("", 400, "Error during planning: No SQL statements were provided in the query string"),
    ])
    func `a mistake has the status and the words of the server`(
        query: String, status: Int, sentence: String
    ) {
        #expect { try json(query) } throws: { error in
            let error = error as? QueryError
            return error?.status == status && error?.sentence == sentence
        }
    }

    @Test(arguments: [
        "delete from state", "insert into state (key) values ('x')", "drop table state",
        "attach 'x' as y", "pragma journal_mode", "create table x (y)", "select 1; select 2", "",
        ";", "vacuum into '/tmp/x'", "select load_extension('x')",
        "select fts3_tokenizer('simple')", "select sqlite_compileoption_get(1)",
        "select hex('a')", "select zeroblob(3)", "select readfile('/etc/passwd')",
    ])
    func `only one query at a time, with functions of a list, is possible`(statement: String) {
        #expect(throws: QueryError.self) { try json(statement, seats) }
    }

    @Test func `every recorded query is understood`() throws {
        var count = 0
        let tables = try FixtureJSON(parsing: [UInt8](Fixtures.data("http/tables.json")))
        for query in tables["queries"]?.array ?? [] where query["answer"]?.array != nil {
            let text = query["query"]?.string ?? ""
            // Ids are masked there.
            guard !text.contains("<inv") else { continue }
            _ = try json(text)
            count += 1
        }
        for (query, _) in try arrowAnswers() {
            _ = try json(query)
            count += 1
        }
        #expect(count >= 15)
    }

    @Test func `the columns are those of the server`() throws {
        let tables = try FixtureJSON(parsing: [UInt8](Fixtures.data("http/tables.json")))["tables"]?
            .object
        let recorded = (tables ?? [:]).mapValues { columns in
            (columns.array ?? []).map { $0.array?.first?.string ?? "" }
        }
        let ours = RuntimeTable.definitions.map { ($0.name, $0.columns.map(\.name)) }
        #expect(Dictionary(uniqueKeysWithValues: ours) == recorded)
    }

    // MARK: Arrow

    /// The recorded queries that were answered in Arrow, with the answers' bytes.
    private func arrowAnswers() throws -> [(query: String, bytes: [UInt8])] {
        let commands = try FixtureJSON(parsing: [UInt8](Fixtures.data("http/cli.json"))).array ?? []
        var answers: [(query: String, bytes: [UInt8])] = []
        for exchange in commands.flatMap({ $0["asks"]?.array ?? [] }) {
            guard let base64 = exchange["answer"]?["arrow_base64"]?.string,
                let data = Data(base64Encoded: base64)
            else { continue }
            let body = try FixtureJSON(parsing: exchange["ask"]?["body"]?.string ?? "")
            answers.append((body["query"]?.string ?? "", [UInt8](data)))
        }
        return answers
    }

    private func arrow(_ query: String, _ rows: MadeUpTables) throws -> [UInt8] {
        try Query.answer(query, on: rows, as: .arrow, now: MadeUpTables.now)
    }

    @Test func `Arrow streams have the recorded bytes`() throws {
        let recorded = try arrowAnswers()
        #expect(recorded.count >= 5)
        let row: [String: SQLValue] = [
            "id": .text("inv_1dceKvwtEc2n430XrENAyNbBhn94Eij7IE"), "target": .text("Counter/a/add"),
            "status": .text("completed"),
        ]
        let running: [String: SQLValue] = ["status": .text("running")]
        for (query, bytes) in recorded {
            let isSQL = query.hasPrefix("select id")
            let rows = MadeUpTables(rows: ["sys_invocation": isSQL ? [row] : [row, running]])
            #expect(try arrow(query, rows) == bytes, "\(query)")
        }
    }

    @Test func `a list is written as Arrow: offsets, and what is inside`() throws {
        let bytes = try arrow("select services from sys_deployment", seats)
        // Two elements, at 0, 1 and 2, and their letters.
        let offsets: [UInt8] = [0, 2].flatMap { [$0, 0, 0, 0] as [UInt8] }
        let inner: [UInt8] = [0, 1, 2].flatMap { [$0, 0, 0, 0, 0, 0, 0, 0] as [UInt8] }
        let parts: [[UInt8]] = [offsets, inner, Array("AB".utf8), Array("item".utf8)]
        for part in parts {
            #expect(bytes.indices.contains { bytes[$0...].starts(with: part) }, "\(part)")
        }
        _ = try arrow("select * from sys_invocation", seats)
        _ = try arrow("select * from sys_invocation_status", seats)
    }
}
