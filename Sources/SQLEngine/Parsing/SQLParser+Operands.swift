/// Parses operands: literals, columns, calls, `CASE`, `CAST`, subqueries.
extension SQLParser {
    mutating func operand() throws -> SQLExpression {
        let first = token
        switch first.kind {
        case .number:
            advance()
            return try made(.number(first.text), [])
        case .string:
            advance()
            return try made(.string(first.text), [])
        case .hex:
            advance()
            guard let bytes = Hexadecimal.bytes(first.text) else {
                throw QueryError.planning("Invalid HexStringLiteral '\(first.text)'")
            }
            return try made(.bytes(bytes), [])
        case .placeholder:
            advance()
            return try made(.placeholder(first.text), [])
        case .symbol: return try operand(symbol: first.text)
        case .quoted: return try column()
        case .end: throw expected("an expression")
        case .word: return try operand(word: first.text.uppercased())
        }
    }

    mutating func operand(symbol: String) throws -> SQLExpression {
        switch symbol {
        case "-", "+":
            advance()
            if symbol == "-", token.kind == .number {
                let number = token.text
                advance()
                return try made(.number("-" + number), [])
            }
            let operand = try expression(above: Level.product)
            return try made(.unary(symbol, operand), [operand])
        case "(":
            advance()
            if token.isWord("SELECT") || token.isWord("WITH") || token.isWord("VALUES") {
                let (query, depth) = try subquery()
                try demand(symbol: ")")
                return try made(.subquery(query), [], inside: depth)
            }
            let inner = try expression()
            if token.isSymbol(",") { throw QueryError.missing("tuples") }
            try demand(symbol: ")")
            return inner
        case "[":
            advance()
            return try array()
        default: throw expected("an expression")
        }
    }

    mutating func array() throws -> SQLExpression {
        let elements = token.isSymbol("]") ? [] : try expressions()
        try demand(symbol: "]")
        return try made(.array(elements), elements)
    }

    mutating func operand(word: String) throws -> SQLExpression {
        switch word {
        case "NULL":
            advance()
            return try made(.null, [])
        case "TRUE", "FALSE":
            advance()
            return try made(.boolean(word == "TRUE"), [])
        case "NOT":
            advance()
            if token.isWord("EXISTS"), ahead().isSymbol("(") {
                advance()
                return try exists(isNegated: true)
            }
            let operand = try expression(above: Level.not)
            return try made(.unary("NOT", operand), [operand])
        case "EXISTS" where ahead().isSymbol("("):
            advance()
            return try exists(isNegated: false)
        case "CASE":
            advance()
            return try choice()
        case "INTERVAL" where ahead().kind == .string || ahead().kind == .number:
            advance()
            return try interval()
        case "DATE" where ahead().kind == .string: return try typed(.date)
        case "TIMESTAMP" where ahead().kind == .string:
            return try typed(.timestamp(.nanoseconds, zoned: false))
        case "TIMESTAMPTZ" where ahead().kind == .string:
            return try typed(.timestamp(.nanoseconds, zoned: true))
        case "CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP":
            advance()
            if takes(symbol: "(") { try demand(symbol: ")") }
            let name = word == "CURRENT_DATE" ? "current_date" : "now"
            return try made(.call(SQLCall(name: name)), [])
        case "CAST", "TRY_CAST":
            guard ahead().isSymbol("(") else { return try column() }
            advance()
            advance()
            let operand = try expression()
            try demand("AS")
            let type = try type()
            try demand(symbol: ")")
            return try made(.cast(operand, type, isTry: word == "TRY_CAST"), [operand])
        case "ARRAY" where ahead().isSymbol("["):
            advance()
            advance()
            return try array()
        case "EXTRACT", "SUBSTRING", "POSITION", "TRIM":
            guard ahead().isSymbol("(") else { return try column() }
            advance()
            advance()
            return try special(word)
        case let word where Self.never.contains(word): throw expected("an expression")
        default: return try column()
        }
    }

    /// Words with which no expression begins.
    static let never: Set = [
        "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "SELECT", "AS", "ON", "AND",
        "OR",
        "THEN", "WHEN", "ELSE", "JOIN", "BY", "QUALIFY",
    ]

    mutating func exists(isNegated: Bool) throws -> SQLExpression {
        // An example is `approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`.
        try demand(symbol: "(")
        let (query, depth) = try subquery()
        try demand(symbol: ")")
        return try made(.exists(query, isNegated: isNegated), [], inside: depth)
    }

    mutating func typed(_ type: SQLType) throws -> SQLExpression {
        advance()
        let text = try made(.string(token.text), [])
        advance()
        return try made(.cast(text, type, isTry: false), [text])
    }

    mutating func interval() throws -> SQLExpression {
        var text = token.text
        advance()
        let units = ["YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND"]
        if let word = token.word, units.contains(where: { word == $0 || word == $0 + "S" }) {
            text += " " + word
            advance()
        }
        return try made(.interval(text), [])
    }

    mutating func choice() throws -> SQLExpression {
        let operand = token.isWord("WHEN") ? nil : try expression()
        var cases: [(when: SQLExpression, then: SQLExpression)] = []
        while takes("WHEN") {
            let when = try expression()
            try demand("THEN")
            cases.append((when, try expression()))
        }
        guard !cases.isEmpty else { throw expected("WHEN") }
        let otherwise = takes("ELSE") ? try expression() : nil
        try demand("END")
        let below = cases.flatMap { [$0.when, $0.then] } + [operand, otherwise].compactMap { $0 }
        return try made(.choice(operand, cases, otherwise), below)
    }

    /// Parses functions whose arguments are separated by words.
    mutating func special(_ word: String) throws -> SQLExpression {
        var call = SQLCall(name: word.lowercased())
        switch word {
        case "EXTRACT":
            let field = token.kind == .string ? token.text : try identifier()
            if token.kind == .string { advance() }
            try demand("FROM")
            let operand = try expression()
            try demand(symbol: ")")
            return try made(.extract(field, operand), [operand])
        case "POSITION":
            let part = try expression(above: Level.between)
            try demand("IN")
            call.arguments = [try expression(), part]
        case "SUBSTRING":
            call.name = "substr"
            call.arguments = [try expression()]
            if takes("FROM") {
                call.arguments.append(try expression())
                if takes("FOR") { call.arguments.append(try expression()) }
            } else {
                while takes(symbol: ",") { call.arguments.append(try expression()) }
            }
        default:
            call.name = takes("LEADING") ? "ltrim" : takes("TRAILING") ? "rtrim" : "btrim"
            _ = takes("BOTH")
            let first = takes("FROM") ? nil : try expression()
            if let first, takes("FROM") {
                call.arguments = [try expression(), first]
            } else if let first {
                call.arguments = [first]
                while takes(symbol: ",") { call.arguments.append(try expression()) }
            } else {
                call.arguments = [try expression()]
            }
        }
        try demand(symbol: ")")
        return try made(.call(call), call.arguments)
    }

    /// Parses the name of a column, or a call.
    mutating func column() throws -> SQLExpression {
        let parts = try name()
        guard takes(symbol: "(") else { return try made(.column(parts), []) }
        var call = SQLCall(name: parts.joined(separator: "."))
        call.isDistinct = takes("DISTINCT")
        if !call.isDistinct { _ = takes("ALL") }
        if takes(symbol: "*") {
            call.isOfRows = true
        } else if !token.isSymbol(")") {
            call.arguments = try expressions()
        }
        if takes("ORDER", "BY") { call.order = try orders() }
        call.ignoresNulls = takes("IGNORE", "NULLS")
        try demand(symbol: ")")
        if takes("IGNORE", "NULLS") { call.ignoresNulls = true }
        _ = takes("RESPECT", "NULLS")
        if takes("WITHIN", "GROUP") {
            // As in `approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`.
            try demand(symbol: "(")
            try demand("ORDER")
            try demand("BY")
            let order = try orders()
            call.arguments = order.map(\.expression) + call.arguments
            try demand(symbol: ")")
        }
        if token.isWord("FILTER"), ahead().isSymbol("(") {
            advance()
            advance()
            try demand("WHERE")
            call.filter = try expression()
            try demand(symbol: ")")
        }
        var below = call.arguments + call.order.map(\.expression) + [call.filter].compactMap { $0 }
        if takes("OVER") {
            if token.isSymbol("(") {
                call.window = try window()
            } else {
                call.window = SQLWindow(name: try identifier())
            }
            below += (call.window?.partition ?? []) + (call.window?.order.map(\.expression) ?? [])
        }
        return try made(.call(call), below)
    }
}
