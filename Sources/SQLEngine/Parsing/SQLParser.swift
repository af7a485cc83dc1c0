/// A recursive-descent parser for queries, with bounded depth. Its errors have the words of the
/// server's parser.
struct SQLParser {
    /// The most levels of parentheses and subqueries, as on the server.
    static let depthLimit = 50
    /// The most levels of an expression. A chain of operators such as `a + b + c` is as deep as it
    /// is long.
    static let expressionLimit = 200
    static let tableLimit = 64

    let tokens: [SQLToken]
    var index = 0
    var depth = 0
    /// The depth of the deepest expression so far, by which a subquery's depth is found.
    var deepest = 0
    var tableCount = 0

    static func statement(_ query: String) throws -> SQLStatement {
        var parser = SQLParser(tokens: try SQLLexer.tokens(of: query))
        return try parser.whole()
    }

    private init(tokens: [SQLToken]) { self.tokens = tokens }

    // MARK: Tokens

    var token: SQLToken { tokens[index] }
    func ahead(_ distance: Int = 1) -> SQLToken { tokens[min(index + distance, tokens.count - 1)] }
    mutating func advance() { index = min(index + 1, tokens.count - 1) }

    /// Consumes these words if they are next.
    mutating func takes(_ words: String...) -> Bool {
        for (distance, word) in words.enumerated() where !ahead(distance).isWord(word) {
            return false
        }
        for _ in words { advance() }
        return true
    }

    mutating func takes(symbol: String) -> Bool {
        guard token.isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func demand(_ word: String) throws {
        guard takes(word) else { throw expected(word) }
    }

    mutating func demand(symbol: String) throws {
        guard takes(symbol: symbol) else { throw expected(symbol) }
    }

    func expected(_ what: String) -> QueryError {
        .parser("Expected: \(what), found: \(token.shown)")
    }

    /// Runs a part of the parser that can recurse, one level deeper.
    mutating func nested<R>(_ body: (inout SQLParser) throws -> R) throws -> R {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw QueryError.tooDeep }
        return try body(&self)
    }

    /// Parses a name. Unquoted names are folded to lower case, ASCII letters only.
    mutating func identifier() throws -> String {
        let name: String
        switch token.kind {
        case .word: name = Self.lowercased(token.text)
        case .quoted: name = token.text
        default: throw expected("identifier")
        }
        advance()
        return name
    }

    static func lowercased(_ text: String) -> String {
        String(
            decoding: text.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    mutating func name() throws -> [String] {
        var parts = [try identifier()]
        while takes(symbol: ".") { parts.append(try identifier()) }
        return parts
    }

    mutating func names() throws -> [String] {
        try demand(symbol: "(")
        var names: [String] = []
        repeat { names.append(try identifier()) } while takes(symbol: ",")
        try demand(symbol: ")")
        return names
    }

    // MARK: Queries

    mutating func query() throws -> SQLQuery {
        try nested { try $0.wholeQuery() }
    }

    mutating func wholeQuery() throws -> SQLQuery {
        var with: [SQLQuery.Named] = []
        var isRecursive = false
        if takes("WITH") {
            isRecursive = takes("RECURSIVE")
            repeat {
                let name = try identifier()
                let columns = token.isSymbol("(") ? try names() : []
                try demand("AS")
                try demand(symbol: "(")
                with.append(SQLQuery.Named(name: name, columns: columns, query: try query()))
                try demand(symbol: ")")
            } while takes(symbol: ",")
        }
        let query = SQLQuery(try body(above: 0))
        query.with = with
        query.isRecursive = isRecursive
        if takes("ORDER", "BY") { query.order = try orders() }
        while true {
            if takes("LIMIT") {
                query.limit = takes("ALL") ? nil : try expression()
            } else if takes("OFFSET") {
                query.offset = try expression()
                if !takes("ROWS") { _ = takes("ROW") }
            } else if token.isWord("FETCH") {
                throw QueryError.missing("FETCH clause is not supported yet")
            } else {
                return query
            }
        }
    }

    /// Parses set operations. `INTERSECT` binds more tightly than `UNION` and `EXCEPT`.
    mutating func body(above level: Int) throws -> SQLQuery.Body {
        let first = try term()
        var operations: [SQLQuery.Operation] = []
        while let word = token.word, ["UNION", "EXCEPT", "INTERSECT", "MINUS"].contains(word) {
            let own = word == "INTERSECT" ? 20 : 10
            guard own > level else { break }
            advance()
            let isAll = takes("ALL")
            _ = takes("DISTINCT")
            operations.append(
                SQLQuery.Operation(
                    name: word == "MINUS" ? "EXCEPT" : word, isAll: isAll,
                    body: try nested { try $0.body(above: own) }))
        }
        return operations.isEmpty ? first : .combined(first, operations)
    }

    mutating func term() throws -> SQLQuery.Body {
        if takes("SELECT") { return .select(try select()) }
        if takes("VALUES") { return .values(try rows()) }
        if takes(symbol: "(") {
            let query = try query()
            try demand(symbol: ")")
            return .query(query)
        }
        throw expected("SELECT, VALUES, or a subquery in the query body")
    }

    mutating func rows() throws -> [[SQLExpression]] {
        var rows: [[SQLExpression]] = []
        repeat {
            _ = takes("ROW")
            try demand(symbol: "(")
            rows.append(token.isSymbol(")") ? [] : try expressions())
            try demand(symbol: ")")
        } while takes(symbol: ",")
        return rows
    }

    mutating func select() throws -> SQLSelect {
        var select = SQLSelect()
        if token.isWord("TOP"), ahead().kind == .number { throw QueryError.missing("TOP") }
        select.isDistinct = takes("DISTINCT")
        if select.isDistinct, token.isWord("ON") {
            throw QueryError.missing("DISTINCT ON is not part of the local runtime")
        }
        _ = takes("ALL")
        repeat { select.items.append(try item()) } while takes(symbol: ",") && !isAtClause
        if takes("FROM") {
            repeat { select.from.append(try tableWithJoins()) } while takes(symbol: ",")
        }
        if takes("WHERE") { select.condition = try expression() }
        if takes("GROUP", "BY") {
            if takes("ALL") { throw QueryError.missing("GROUP BY ALL") }
            repeat { select.groups.append(try expression()) } while takes(symbol: ",")
        }
        if takes("HAVING") { select.having = try expression() }
        if takes("WINDOW") {
            repeat {
                let name = try identifier()
                try demand("AS")
                select.windows[name] = try window()
            } while takes(symbol: ",")
        }
        if takes("QUALIFY") { select.qualify = try expression() }
        return select
    }

    /// Whether the list of items ends here although a comma came before: the server allows a
    /// trailing comma.
    var isAtClause: Bool { token.isWord("FROM") }

    mutating func item() throws -> SQLSelect.Item {
        if takes(symbol: "*") { return .all(of: nil) }
        if token.kind == .word || token.kind == .quoted, ahead().isSymbol("."),
            ahead(2).isSymbol("*")
        {
            let name = try identifier()
            advance()
            advance()
            return .all(of: name)
        }
        let expression = try expression()
        return .expression(expression, alias: try alias(reserved: Self.afterItem))
    }

    mutating func alias(reserved: Set<String>) throws -> String? {
        if takes("AS") { return try identifier() }
        switch token.kind {
        case .quoted: return try identifier()
        case .word where !reserved.contains(token.text.uppercased()): return try identifier()
        default: return nil
        }
    }

    mutating func orders() throws -> [SQLOrder] {
        var orders: [SQLOrder] = []
        repeat {
            var order = SQLOrder(expression: try expression())
            order.isDescending = takes("DESC")
            if !order.isDescending { _ = takes("ASC") }
            if takes("NULLS", "FIRST") { order.nullsFirst = true }
            if takes("NULLS", "LAST") { order.nullsFirst = false }
            orders.append(order)
        } while takes(symbol: ",")
        return orders
    }

    // MARK: Tables

    mutating func tableWithJoins() throws -> SQLTable {
        var table = try table()
        while true {
            let isNatural = takes("NATURAL")
            let kind: SQLTable.JoinKind
            if takes("CROSS", "JOIN") {
                table = .join(table, .inner, try self.table(), .none)
                continue
            } else if takes("JOIN") || takes("INNER", "JOIN") {
                kind = .inner
            } else if takes("LEFT", "SEMI", "JOIN") {
                kind = .leftSemi
            } else if takes("LEFT", "ANTI", "JOIN") {
                kind = .leftAnti
            } else if takes("LEFT", "OUTER", "JOIN") || takes("LEFT", "JOIN") {
                kind = .left
            } else if takes("RIGHT", "OUTER", "JOIN") || takes("RIGHT", "JOIN") {
                kind = .right
            } else if takes("FULL", "OUTER", "JOIN") || takes("FULL", "JOIN") {
                kind = .full
            } else if isNatural {
                throw expected("a join type after NATURAL")
            } else {
                return table
            }
            let right = try self.table()
            if isNatural {
                table = .join(table, kind, right, .natural)
            } else if takes("ON") {
                table = .join(table, kind, right, .on(try expression()))
            } else if takes("USING") {
                table = .join(table, kind, right, .using(try names()))
            } else {
                table = .join(table, kind, right, .none)
            }
        }
    }

    mutating func table() throws -> SQLTable {
        tableCount += 1
        guard tableCount <= Self.tableLimit else {
            throw QueryError.bound("a query has more than \(Self.tableLimit) tables")
        }
        let isLateral = takes("LATERAL")
        if takes(symbol: "(") {
            if token.isSymbol("(") || token.isWord("SELECT") || token.isWord("WITH")
                || token.isWord("VALUES")
            {
                let query = try query()
                try demand(symbol: ")")
                return .query(query, isLateral: isLateral, try tableAlias())
            }
            let table = try nested { try $0.tableWithJoins() }
            try demand(symbol: ")")
            return table
        }
        if takes("VALUES") {
            let values = SQLQuery(.values(try rows()))
            return .query(values, isLateral: false, try tableAlias())
        }
        if let word = token.word, Self.afterTable.contains(word) { throw expected("identifier") }
        let name = try name()
        if takes(symbol: "(") {
            let arguments = token.isSymbol(")") ? [] : try expressions()
            try demand(symbol: ")")
            return .function(name.joined(separator: "."), arguments, try tableAlias())
        }
        return .named(name, try tableAlias())
    }

    mutating func tableAlias() throws -> SQLTable.Alias? {
        guard let name = try alias(reserved: Self.afterTable) else { return nil }
        return SQLTable.Alias(name: name, columns: token.isSymbol("(") ? try names() : [])
    }

    /// Words that continue the query after an item or a table, and so cannot be an alias without
    /// AS.
    static let afterItem: Set = [
        "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT",
        "INTERSECT", "MINUS", "QUALIFY", "WINDOW", "INTO", "WITH", "SELECT", "CLUSTER",
        "DISTRIBUTE",
        "LATERAL", "VIEW", "SORT", "END", "EXCLUDE",
    ]
    static let afterTable: Set = [
        "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT",
        "INTERSECT", "MINUS", "QUALIFY", "WINDOW", "ON", "USING", "JOIN", "INNER", "CROSS", "FULL",
        "LEFT", "RIGHT", "NATURAL", "SELECT", "WITH", "OUTER", "SET", "LATERAL", "FROM", "FOR",
        "SEMI",
        "ANTI", "SAMPLE", "TABLESAMPLE", "END",
    ]
}
