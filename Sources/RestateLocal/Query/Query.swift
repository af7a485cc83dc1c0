/// Where the tables' rows come from.
protocol TableSource {
    /// All rows of a table with the values of these columns, in this order.
    func rows(of table: String, columns: [String]) -> [[SQLValue]]
}

/// One query: an empty database with all tables tells what the query reads, only that is filled in,
/// and the query runs.
enum Query {
    /// What one query may take, so that a slip of the pen does not keep a core busy for ever.
    static let timeLimit: Duration = .seconds(20)
    static let rowLimit = 1_000_000
    static let valueLimit: Int32 = 64 << 20

    static func run(_ query: String, on source: some TableSource) throws(QueryError) -> QueryResult
    {
        let dialect = SQLDialect(query)
        do throws(SQLError) {
            let database = try Database()
            try createTables(in: database)
            let statement = try database.prepare(query: dialect.sql)
            try fill(database, from: source)
            database.limit(to: timeLimit)
            database.limitValues(to: valueLimit)
            var rows: [[SQLValue]] = []
            while let row = try statement.next() {
                rows.append(row)
                if rows.count > rowLimit {
                    throw SQLError("more than \(rowLimit) rows: set a LIMIT")
                }
            }
            return QueryResult(columns: columns(statement, dialect), rows: rows)
        } catch {
            throw QueryError(error)
        }
    }

    private static func createTables(in database: Database) throws(SQLError) {
        database.takeQuotesForNames()
        try database.addFunctions()
        for table in QueryTable.all {
            let columns = table.columns.map { "\"\($0.name)\" \($0.type.rawValue)" }
            try database.execute("CREATE TABLE \(table.name) (\(columns.joined(separator: ", ")))")
        }
        try database.execute(
            """
            ATTACH ':memory:' AS information_schema;
            CREATE TABLE information_schema.columns (table_catalog TEXT, table_schema TEXT, \
            table_name TEXT, column_name TEXT, ordinal_position INTEGER64, is_nullable TEXT, \
            data_type TEXT);
            CREATE TABLE information_schema.tables (table_catalog TEXT, table_schema TEXT, \
            table_name TEXT, table_type TEXT);
            """)
    }

    private static func fill(
        _ database: Database, from source: some TableSource
    ) throws(SQLError) {
        try database.execute("BEGIN")
        for (name, reads) in database.reads {
            switch name {
            case "columns": try fillColumns(database)
            case "tables": try fillTables(database)
            default:
                guard let table = QueryTable.all.first(where: { $0.name == name }) else { continue }
                // A row counts even if none of its columns is looked at.
                var columns = table.columns.map(\.name).filter { reads.contains($0) }
                if columns.isEmpty { columns = [table.columns[0].name] }
                let places = columns.map { "\"\($0)\"" }.joined(separator: ", ")
                let marks = columns.map { _ in "?" }.joined(separator: ", ")
                let insert = try database.prepare(
                    "INSERT INTO \(name) (\(places)) VALUES (\(marks))")
                for row in source.rows(of: name, columns: columns) { try insert.run(row) }
            }
        }
        try database.execute("COMMIT")
    }

    private static func fillColumns(_ database: Database) throws(SQLError) {
        let insert = try database.prepare(
            "INSERT INTO information_schema.columns VALUES ('restate', 'public', ?, ?, ?, 'YES', ?)"
        )
        for table in QueryTable.all {
            for (index, column) in table.columns.enumerated() {
                try insert.run([
                    .text(table.name), .text(column.name), .integer(Int64(index)),
                    .text(column.type.standardName),
                ])
            }
        }
    }

    private static func fillTables(_ database: Database) throws(SQLError) {
        let insert = try database.prepare(
            "INSERT INTO information_schema.tables VALUES ('restate', 'public', ?, 'VIEW')")
        for table in QueryTable.all { try insert.run([.text(table.name)]) }
    }

    private static func columns(
        _ statement: Statement, _ dialect: SQLDialect
    ) -> [QueryResult.Column] {
        let columns = statement.columns
        let known = dialect.columns.flatMap { $0.count == columns.count ? $0 : nil }
        return columns.enumerated().map { index, column in
            var (name, type) = column
            if let known {
                // A name of the query's own is what SQLite has; what it has of a call is the text.
                if let called = known[index].name { name = called }
                if type == nil, known[index].isBoolean { type = .boolean }
            }
            return QueryResult.Column(name: name, type: type)
        }
    }
}

/// A query that cannot be answered, in the server's words where it has some.
struct QueryError: Error, CustomStringConvertible {
    let description: String

    init(_ error: SQLError) {
        let message = error.description
        func rest(_ prefix: String) -> Substring? {
            message.hasPrefix(prefix) ? message.dropFirst(prefix.count) : nil
        }
        let sentence =
            if let name = rest("no such column: ") {
                "Schema error: No field named \(name)."
            } else if let name = rest("no such table: ") {
                "Error during planning: table 'restate.public.\(name)' not found"
            } else if let name = rest("no such function: ") {
                "Error during planning: Invalid function '\(name)'. Queries run on SQLite here"
            } else {
                "\(message). Queries run on SQLite here"
            }
        description = "Datafusion error: \(sentence)"
    }
}
