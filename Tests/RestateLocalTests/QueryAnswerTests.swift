import Foundation
import Support
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import SQLEngine

/// Queries without tables, with the answers that a server gave (or, where it was not asked, the ones
/// that follow from its engine's rules).
@Suite struct QueryAnswerTests {
    /// Whose rows take longer than the whole query may.
    private struct DearRows: TableSource {
        var tables: [TableDefinition] { RuntimeTable.definitions }

        func scan(
            _ table: String, _ columns: [String], wanted: [String]?,
            _ receive: ([SQLValue]) throws -> Bool
        ) throws {
            for _ in 0..<3 {
                Thread.sleep(forTimeInterval: 0.02)
                guard try receive(columns.map { _ in .null }) else { return }
            }
        }
    }

    @Test func `few rows that are dear do not outlast the time of a query`() {
        var limits = QueryLimits()
        limits.time = .milliseconds(10)
        let error = #expect(throws: QueryError.self) {
            try Query.answer(
                "select entry_type from sys_journal", on: DearRows(), as: .json,
                now: MadeUpTables.now, limits: limits)
        }
        #expect(error.map { "\($0)" }?.contains("takes longer than") == true)
    }

    private func rows(_ query: String) throws -> String {
        let text = try MadeUpTables().json(query)
        return String(text.dropFirst(#"{"rows":["#.count).dropLast(2))
    }

    /// The questions to a real server that need no table's rows, with what it answered.
    @Test func `recorded statements without a runtime's rows have the recorded answers`() throws {
        let lines = String(
            decoding: try Fixtures.data("http/ask/server-answers.jsonl"), as: UTF8.self
        ).split(separator: "\n")
        var count = 0
        for line in lines where line.contains(#""name": "sql: "#) {
            let row = try FixtureJSON(parsing: String(line))
            guard let body = row["request"]?["body"]?.string,
                let query = (try? FixtureJSON(parsing: body))?["query"]?.string,
                row["answer"]?["status"]?.integer == 200, let answer = row["answer"]?["body"],
                answer["rows"] != nil, !Self.readsRuntime(query)
            else { continue }
            let ours = try FixtureJSON(parsing: try MadeUpTables().json(query))
            #expect(ours == answer, "\(query)")
            count += 1
        }
        #expect(count >= 120)
    }

    private static func readsRuntime(_ query: String) -> Bool {
        let query = query.lowercased()
        return ["sys_", " state", "(5000"].contains { query.contains($0) }
            && !query.hasPrefix("show") && !query.hasPrefix("describe")
            && !query.contains("information_schema")
    }

    @Test(arguments: [
        ("select now() as a", #"{"a":"2024-01-02T03:04:05"}"#),
        ("select now() - interval '1 hour' as a", #"{"a":"2024-01-02T02:04:05"}"#),
        ("select date_trunc('week', now()) as a", #"{"a":"2024-01-01T00:00:00"}"#),
        (
            "select to_unixtime(date_bin(interval '15 minutes', now(), timestamp '2024-01-01')) as a",
            #"{"a":1704164400}"#
        ),
        ("select 'abc' ~ '^a.c$' as a, 'abc' !~* 'B' as b", #"{"a":true,"b":false}"#),
        (
            "select regexp_replace('2024-01-02', '(\\d+)-(\\d+)', '$2/$1') as a",
            #"{"a":"01/2024-02"}"#
        ),
        (
            "select array_agg(x order by x desc) as a from (values (1), (3), (2)) t(x)",
            #"{"a":[3,2,1]}"#
        ),
        ("select unnest([1, 2]) as a, 'x' as b", #"{"a":1,"b":"x"},{"a":2,"b":"x"}"#),
        ("select 3 = any([1, 2, 3]) as a", #"{"a":true}"#),
        ("select try_cast('x' as bigint) as a, 2 as b", #"{"b":2}"#),
        (
            "select x, sum(x) over (order by x) as s from (values (1), (2), (2)) t(x)",
            #"{"x":1,"s":1},{"x":2,"s":5},{"x":2,"s":5}"#
        ),
        (
            "select case when x > 1 then 'many' else 'one' end as a from (values (1), (2)) t(x)",
            #"{"a":"one"},{"a":"many"}"#
        ),
        (
            "with a as (select 1 as x), b as (select x + 1 as y from a) select x, y from a, b",
            #"{"x":1,"y":2}"#
        ),
        (
            "select a.x from (values (1), (2)) a(x) where exists (select 1 from (values (2)) b(y) "
                + "where b.y = a.x)", #"{"x":2}"#
        ),
        (
            "select a.x, (select count(*) from (values (2), (2)) b(y) where b.y = a.x) as n "
                + "from (values (1), (2)) a(x)", #"{"x":1,"n":0},{"x":2,"n":2}"#
        ),
        ("select json_get_str('{\"a\": [\"b\"]}', 'a', 0) as a", #"{"a":"b"}"#),
        ("select 1 as a union select 1 union all select 2 order by a desc", #"{"a":2},{"a":1}"#),
        (
            "select to_char(now(), '%A %e. %B %Y, %I:%M %p, day %j') as a",
            #"{"a":"Tuesday  2. January 2024, 03:04 AM, day 002"}"#
        ),
        (
            "select interval '1 month 2 days 03:04:05' as a",
            #"{"a":"1 mons 2 days 3 hours 4 mins 5 secs"}"#
        ),
        ("select count(distinct x) as a from (values (1), (1), (null)) t(x)", #"{"a":1}"#),
        ("select 'é' = 'e\u{301}' as a", #"{"a":false}"#),
    ])
    func `what people write is answered`(query: String, answer: String) throws {
        #expect(try rows(query) == answer, "\(query)")
    }

    @Test(arguments: [
        ("select 1 + 'x'", 500), ("select upper(1)", 400), ("select sum('a')", 400),
        ("select 1/0", 500), ("select x from (values (1)) t(y)", 500),
        ("select name, name from sys_service", 400), ("select 1 limit -1", 400),
        ("select exists (select 1)", 500), ("select 'x' = true and 1", 400),
        ("select (select 1 union all select 2)", 500), ("select 'a", 400), ("select /* x", 400),
        ("select 1 union select 1, 2", 400), ("values (1), (1, 2)", 400),
        ("select a.b.c.d.e from sys_service", 500),
        ("select count(*) from restate.x.sys_service", 500),
        ("select sum(x) from (select 1 as x) t where sum(x) > 1", 500),
        ("select regexp_like('a', '(')", 500), ("select interval 'x'", 400),
    ])
    func `a mistake is an error of the right kind`(query: String, status: Int) {
        #expect { try rows(query) } throws: { error in (error as? QueryError)?.status == status }
    }
}

/// No text of a query may trap, hang or fill the memory.
@Suite struct QueryBoundTests {
    private static let limits: QueryLimits = {
        var limits = QueryLimits()
        limits.time = .milliseconds(500)
        limits.memory = 64 << 20
        limits.answer = 8 << 20
        limits.value = 8 << 20
        return limits
    }()

    @Test(arguments: [
        "select repeat('a', 9223372036854775807)",
        "select length(repeat(repeat('abcdefgh', 100000), 100000))",
        "select lpad('a', 2000000000, 'xy')",
        "select array_agg(x) from generate_series(1, 100000000) t(x)",
        "select x from generate_series(1, 9223372036854775807) t(x)",
        "select sum(a.x) from generate_series(1, 100000) a(x), generate_series(1, 100000) b(x)",
        "with recursive c as (select 1 as x union all select x + 1 from c) select x from c",
        "select range(0, 9223372036854775807, 1)",
        "select replace(repeat('a', 8000000), 'a', repeat('b', 1000))",
        "select repeat('a', 4000000) as x from generate_series(1, 100)",
        "select string_agg(repeat('a', 1000000), ',') from generate_series(1, 1000)",
        "select count(*) from generate_series(1, 100000000) t(x) where x::text ~ '(a*)*(a*)*b'",
        "select regexp_like(repeat('a', 7000000), '(a|aa|a?)+$b')",
        "select x{1} from (select 1)",
        "select regexp_like('a', '((((a{1000}){1000}){1000}){1000})')",
        "select regexp_like('a', '((((){1000}){1000}){1000}){1000}')",
        "select repeat('a', 4000000) like repeat('%a', 100000) || 'b'",
    ])
    func `too much of anything is an error, soon`(query: String) {
        let start = ContinuousClock.now
        #expect { try MadeUpTables().json(query, limits: Self.limits) } throws: { $0 is QueryError }
        #expect(ContinuousClock.now - start < .seconds(20), "\(query)")
    }

    @Test func `a long text is searched in time that grows with it and not faster`() throws {
        let query =
            "select strpos(repeat('a', 4000000), repeat('a', 2000000) || 'b') as a, "
            + "length(replace(repeat('ab', 1000000), 'b', '')) as b"
        #expect(try MadeUpTables().json(query) == #"{"rows":[{"a":0,"b":1000000}]}"#)
    }

    @Test func `deep queries are an error, and 40 parentheses are none`() throws {
        func nested(_ count: Int, _ open: String, _ close: String) -> String {
            "select " + String(repeating: open, count: count) + "1"
                + String(repeating: close, count: count)
        }
        #expect(try MadeUpTables().json(nested(40, "(", ")")) == #"{"rows":[{"Int64(1)":1}]}"#)
        for query in [
            nested(5000, "(", ")"), nested(100_000, "(", ")"), nested(100_000, "[", "]"),
            nested(100_000, "- ", ""), nested(100_000, "not ", ""), nested(100_000, "1 + ", ""),
            nested(100_000, "", " is null"), nested(100_000, "", "::int"),
            nested(100_000, "(select ", ")"),
            nested(100_000, "case when ", " then 1 end"), nested(100_000, "abs(", ")"),
            "select * from " + String(repeating: "(select * from ", count: 50_000) + "x",
            "select 1 from x" + String(repeating: " join x on true", count: 50_000),
            "select '1'::text" + String(repeating: "[]", count: 50_000),
        ] {
            #expect { try MadeUpTables().json(query) } throws: {
                ($0 as? QueryError)?.status == 400
            }
        }
    }

    @Test func `common tables that double each other are an error, soon`() {
        var query = "with t0 as (select 1 as x)"
        for index in 1...30 {
            query += ", t\(index) as (select a.x from t\(index - 1) a, t\(index - 1) b)"
        }
        #expect { try MadeUpTables().json(query + " select x from t30") } throws: {
            $0 is QueryError
        }
    }

    @Test func `32,000 aggregates are as quick as they are many`() throws {
        let items = (0..<32_000).map { "first_value(x order by y) as a\($0)" }
        let query = "select \(items.joined(separator: ",")) from (values (1, 2)) t(x, y)"
        #expect(try MadeUpTables().json(query).utf8.count > 250_000)
    }

    @Test func `an answer ends where its bound is, and says which`() {
        var limits = QueryLimits()
        limits.answer = 1000
        let query = "select x from generate_series(1, 1000) t(x)"
        #expect {
            try MadeUpTables().json(query, limits: limits)
        } throws: { "\($0)".contains("more than 1000 bytes") && ($0 as? QueryError)?.status == 400 }
    }

    @Test func `five texts of 16 MiB are more than an answer may have`() {
        #expect {
            try Query.answer(
                "select repeat(repeat('a', 65536), 256) as a from generate_series(1, 5)",
                on: MadeUpTables(),
                as: .arrow, now: 0)
        } throws: {
            "\($0)".contains("the answer has more than 67108864 bytes")
                && ($0 as? QueryError)?.status == 400
        }
    }

    @Test func `words in any order give an answer or an error`() {
        var random = Numbers(state: 20_261_127)
        var answers = 0
        for _ in 0..<3000 {
            let words = (0..<Int.random(in: 1...14, using: &random)).map { _ in
                Self.words[Int.random(in: 0..<Self.words.count, using: &random)]
            }
            if soup("select " + words.joined(separator: " ")) { answers += 1 }
            if soup(words.joined(separator: " ")) { answers += 1 }
            let a = words.first ?? "1", b = words.last ?? "1"
            if soup("select \(a) from (values (1, 'a'), (2, null)) t(x, y) where \(b)") {
                answers += 1
            }
            if soup("select upper(\(a)), \(b) + \(a), [\(a), \(b)] group by \(a)") { answers += 1 }
        }
        #expect(answers > 100)
    }

    private func soup(_ query: String) -> Bool {
        (try? MadeUpTables().json(query, limits: Self.limits)) != nil
    }

    private static let words = [
        "select", "from", "where", "(", ")", "[", "]", ",", ".", "*", "+", "-", "/", "%", "||",
        "::int",
        "::text", "::timestamp", "::interval", "::bigint unsigned", "=", "<", "!=", "~", "like",
        "in",
        "between", "and", "or", "not", "is", "null", "1", "-1", "0", "9223372036854775807",
        "-9223372036854775808", "18446744073709551615", "1e308", "'a'", "'1'", "'2024-01-02'",
        "'%'", "x'00'", "x", "y", "t.x", "sys_service", "name", "case", "when", "then", "else",
        "end",
        "interval '1 day'", "interval '-999999999 years'", "now()", "timestamp '9999-12-31'",
        "timestamp '0001-01-01'", "date '2024-01-01'", "count(*)", "sum(x)", "max(y)",
        "first_value(x order by y)", "row_number() over (order by x)", "unnest([1, 2])",
        "lag(x, 9223372036854775807) over ()", "ntile(3) over ()", "split_part('a/b', '/', -1)",
        "substr('abc', -9223372036854775808, 9223372036854775807)", "repeat('a', -1)",
        "left('abc', -9)",
        "date_trunc('month', now())", "date_bin(interval '1 month', now())",
        "abs(-9223372036854775808)",
        "array_slice([1, 2], -9, 9)", "range(1, 5, -1)", "to_timestamp(9223372036854775807)",
        "make_date(9223372036854775807, 1, 1)", "to_char(now(), '%')", "chr(-1)",
        "round(1e308, 400)",
        "power(9, 99)", "union", "all", "order by", "group by", "limit", "offset", "with", "as",
        "values",
        "join", "left join", "on", "using", "exists", "cast", "extract", ";", "\"", "'", "é",
        "\u{0}",
    ]

    /// The same words each time.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }
}
