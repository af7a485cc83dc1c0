import Foundation
import Support
import Testing

@testable import RestateLocal

/// SQL on rows that a test makes up. What the runtime fills in is tested with a server.
@Suite struct QueryTests {
    /// Tables given as rows of named values.
    private struct Rows: TableSource {
        var tables: [String: [[String: SQLValue]]] = [:]

        func rows(of table: String, columns: [String]) -> [[SQLValue]] {
            (tables[table] ?? []).map { row in columns.map { row[$0] ?? .null } }
        }
    }

    private func json(_ query: String, _ rows: Rows = Rows()) throws -> String {
        String(decoding: try Query.run(query, on: rows).json, as: UTF8.self)
    }

    private let seats = Rows(tables: [
        "sys_invocation": [
            [
                "id": .text("inv_1a"), "target": .text("Ticket/seat-1/get"),
                "target_service_name": .text("Ticket"), "target_handler_name": .text("get"),
                "status": .text("completed"), "created_at": .time(2000),
                "completion_retention": .duration(milliseconds: 86_400_000),
            ],
            [
                "id": .text("inv_1b"), "target": .text("Ticket/seat-1/reserve"),
                "target_service_name": .text("Ticket"), "target_handler_name": .text("reserve"),
                "status": .text("running"), "created_at": .time(1000), "retry_count": .integer(3),
            ],
        ],
        "state": [
            ["key": .text("state"), "value": .bytes([0x35]), "partition_key": .digits(.max)]
        ],
        "sys_service": [["name": .text("Ticket"), "public": .integer(1)]],
        "sys_deployment": [["services": .list(["A", "B"])]],
    ])

    @Test func `what is null is left out, and members keep their order`() throws {
        #expect(
            try json("select status, id, retry_count from sys_invocation order by id", seats)
                == #"{"rows":[{"status":"completed","id":"inv_1a"},"#
                + #"{"status":"running","id":"inv_1b","retry_count":3}]}"#)
        #expect(
            try json("select id from sys_invocation where id = 'none'", seats) == #"{"rows":[]}"#)
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
                == #"{"rows":[{"created_at":"1970-01-01T00:00:02.000Z","kept":"PT86400S"}]}"#)
    }

    @Test func `the first value of a group follows its order`() throws {
        for (order, id) in [("ASC", "inv_1b"), ("DESC", "inv_1a"), ("", "inv_1b")] {
            #expect(
                try json(
                    "SELECT COUNT(1) as n, FIRST_VALUE(id ORDER BY created_at \(order)) as first "
                        + "FROM sys_invocation GROUP BY target_service_name", seats)
                    == #"{"rows":[{"n":2,"first":"\#(id)"}]}"#)
        }
    }

    @Test func `a comparison is a truth, and a call has the server's name`() throws {
        #expect(
            try json(
                "select status = 'running' as busy, count(*) from sys_invocation group by 1", seats)
                == #"{"rows":[{"busy":false,"count(*)":1},{"busy":true,"count(*)":1}]}"#)
        #expect(
            try json("SELECT COUNT(1) FROM state", seats) == #"{"rows":[{"count(Int64(1))":1}]}"#)
    }

    @Test(arguments: [
        ("select nothing", "Datafusion error: Schema error: No field named nothing."),
        (
            "select * from sys_idempotency",
            "Datafusion error: Error during planning: table 'restate.public.sys_idempotency' not found"
        ),
    ])
    func `what is not there is said as the server says it`(query: String, message: String) {
        #expect { try json(query) } throws: { "\($0)" == message }
    }

    @Test(arguments: [
        "delete from state", "insert into state (key) values ('x')", "drop table state",
        "attach 'x' as y", "pragma journal_mode", "create table x (y)", "select 1; select 2", "",
        ";",
        "select load_extension('x')", "vacuum into '/tmp/x'",
    ])
    func `only one query at a time, and nothing else, is possible`(statement: String) {
        #expect(throws: QueryError.self) { try json(statement, seats) }
    }

    @Test func `a query that would never end is not an answer that is waited for`() throws {
        let database = try Database()
        let statement = try database.prepare(
            query:
                "with recursive n(i) as (select 1 union all select i + 1 from n) select sum(i) from n"
        )
        database.limit(to: .zero)
        #expect(throws: SQLError.self) { try statement.next() }
    }

    @Test func `an answer without end is cut off`() {
        let query =
            "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n"
        #expect { try json(query) } throws: { "\($0)".contains("set a LIMIT") }
        #expect(throws: QueryError.self) { try json("select hex(zeroblob(1000000000))") }
    }

    @Test func `every recorded query is understood`() throws {
        var count = 0
        let tables = try FixtureJSON(parsing: [UInt8](Fixtures.data("http/tables.json")))
        for query in tables["queries"]?.array ?? [] where query["answer"]?.array != nil {
            _ = try Query.run(query["query"]?.string ?? "", on: Rows())
            count += 1
        }
        for (query, _) in try arrowAnswers() {
            _ = try Query.run(query, on: Rows())
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
        let ours = QueryTable.all.map { ($0.name, $0.columns.map(\.name)) }
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
            let rows = Rows(tables: ["sys_invocation": isSQL ? [row] : [row, running]])
            let arrow = try Query.run(query, on: rows).arrow()
            #expect(arrow == bytes, "\(query)")
        }
    }

    @Test func `a list is not written as Arrow, and says so`() throws {
        let result = try Query.run("select services from sys_deployment", on: seats)
        #expect { try result.arrow() } throws: { "\($0)".contains("'services' is a list") }
    }
}
