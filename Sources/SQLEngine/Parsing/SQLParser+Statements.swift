/// Parses statements: queries, `SHOW`, `DESCRIBE`, `EXPLAIN`. All others are refused with the
/// server's errors.
extension SQLParser {
    mutating func whole() throws -> SQLStatement {
        while takes(symbol: ";") {}
        guard token.kind != .end else {
            throw QueryError.planning("No SQL statements were provided in the query string")
        }
        let statement = try oneStatement()
        let isClosed = takes(symbol: ";")
        while takes(symbol: ";") {}
        if token.kind == .end { return statement }
        guard isClosed else {
            throw QueryError(
                500, QueryError.parser("Expected: end of statement, found: \(token.shown)").sentence
            )
        }
        throw QueryError.missing("The context currently only supports a single SQL statement")
    }

    mutating func oneStatement() throws -> SQLStatement {
        guard let word = token.word else {
            if token.isSymbol("(") { return .query(try query()) }
            throw expected("an SQL statement")
        }
        switch word {
        case "SELECT", "WITH", "VALUES": return .query(try query())
        case "SHOW": return try show()
        case "DESCRIBE", "DESC":
            advance()
            _ = takes("TABLE")
            return .describe(try name())
        case "EXPLAIN":
            advance()
            while let word = token.word,
                ["ANALYZE", "VERBOSE", "FORMAT", "TREE", "INDENT"].contains(word)
            {
                advance()
            }
            return .explain(try query())
        case "SET", "PREPARE":
            skipToEnd()
            return .ignored
        default: throw refusal(of: word)
        }
    }

    mutating func show() throws -> SQLStatement {
        advance()
        if takes("TABLES") { return .showTables }
        if takes("COLUMNS") {
            if !takes("FROM") { try demand("IN") }
            return .showColumns(try name())
        }
        throw QueryError.planning("Unsupported SHOW: only TABLES and COLUMNS are known here")
    }

    mutating func skipToEnd() {
        while token.kind != .end, !token.isSymbol(";") { advance() }
    }

    /// Returns the server's error for a statement that is not a query, by its first words.
    func refusal(of word: String) -> QueryError {
        let second = ahead().word ?? ""
        let object = second == "OR" ? ahead(3).word ?? "" : second
        switch word {
        case "CREATE":
            let kinds = [
                "VIEW": "CreateView", "DATABASE": "CreateCatalog", "SCHEMA": "CreateCatalogSchema",
                "EXTERNAL": "CreateExternalTable", "FUNCTION": "CreateFunction",
                "INDEX": "CreateIndex",
            ]
            return .planning("DDL not supported: \(kinds[object] ?? "CreateMemoryTable")")
        case "DROP":
            return .planning("DDL not supported: \(object == "VIEW" ? "DropView" : "DropTable")")
        case "INSERT": return .planning("DML not supported: Insert Into")
        case "UPDATE": return .planning("DML not supported: Update")
        case "DELETE": return .planning("DML not supported: Delete")
        case "TRUNCATE": return .planning("DML not supported: Truncate")
        case "BEGIN", "START", "COMMIT", "ROLLBACK", "PRAGMA", "ATTACH", "DETACH", "ALTER",
            "VACUUM",
            "GRANT", "REVOKE", "COPY", "EXECUTE", "DEALLOCATE", "KILL", "MERGE", "CALL", "USE",
            "ANALYZE", "REPLACE", "DECLARE", "LOAD", "INSTALL", "FETCH", "SAVEPOINT", "LOCK":
            return .missing("Unsupported SQL statement: \(statementText())")
        default: return expected("an SQL statement")
        }
    }

    /// The statement as the server's parser prints it in an error.
    func statementText() -> String {
        let shown = tokens[index...].prefix { $0.kind != .end && !$0.isSymbol(";") }.prefix(40)
        let words: Set = ["BEGIN", "PRAGMA", "ATTACH", "DATABASE", "AS", "ALTER", "VACUUM"]
        return shown.map { token in
            switch token.kind {
            case .string: "'\(token.text)'"
            case .word where words.contains(token.text.uppercased()): token.text.uppercased()
            default: token.text
            }
        }.joined(separator: " ")
    }
}
