extension SQLParser {
    mutating func expression() throws -> SQLExpression { try expression(above: 0) }

    mutating func expressions() throws -> [SQLExpression] {
        var expressions: [SQLExpression] = []
        repeat { expressions.append(try expression()) } while takes(symbol: ",")
        return expressions
    }

    /// Whatever is above something is a level deeper; too many of them are an error.
    private mutating func made(
        _ kind: SQLExpression.Kind, _ below: [SQLExpression], inside: Int = 0
    ) throws -> SQLExpression {
        let depth = max(below.reduce(0) { max($0, $1.depth) }, inside) + 1
        guard depth <= Self.expressionLimit else {
            throw QueryError.bound("an expression of more than \(Self.expressionLimit) levels")
        }
        deepest = max(deepest, depth)
        return SQLExpression(kind: kind, depth: depth)
    }

    /// A subquery, and how deep it is.
    private mutating func subquery() throws -> (query: SQLQuery, depth: Int) {
        let outer = deepest
        deepest = 0
        let query = try query()
        let depth = deepest + 1
        deepest = max(outer, depth)
        return (query, depth)
    }

    /// Operators that bind closer than `level`, behind an operand.
    private mutating func expression(above level: Int) throws -> SQLExpression {
        try nested { parser in
            var left = try parser.operand()
            while let next = parser.level(), next > level {
                left = try parser.infix(left, next)
            }
            return left
        }
    }

    private enum Level {
        static let or = 5, and = 10, not = 15, `is` = 17, like = 19, between = 20, comparison = 20
        static let bitOr = 21, bitXor = 22, bitAnd = 23, sum = 30, product = 40, zone = 41,
            arrow = 50
        static let subscripted = 100
    }

    /// How close the operator binds that stands here; nil for none.
    private func level() -> Int? {
        if let word = token.word {
            switch word {
            case "OR": return Level.or
            case "AND": return Level.and
            case "IS": return Level.is
            case "LIKE", "ILIKE", "SIMILAR": return Level.like
            case "IN", "BETWEEN": return Level.between
            case "NOT":
                switch ahead().word {
                case "LIKE", "ILIKE", "SIMILAR": return Level.like
                case "IN", "BETWEEN": return Level.between
                default: return nil
                }
            case "AT" where ahead().isWord("TIME"): return Level.zone
            default: return nil
            }
        }
        guard token.kind == .symbol else { return nil }
        switch token.text {
        case "=", "==", "<", ">", "<=", ">=", "<>", "!=": return Level.comparison
        case "~", "~*", "!~", "!~*": return Level.like
        case "|", "<<", ">>", "@>", "<@", "->", "->>":
            return token.text.hasPrefix("-") ? Level.arrow : Level.bitOr
        case "^": return Level.bitXor
        case "&": return Level.bitAnd
        case "+", "-": return Level.sum
        case "*", "/", "%", "||": return Level.product
        case "::": return Level.arrow
        case "[": return Level.subscripted
        default: return nil
        }
    }

    private mutating func infix(_ left: SQLExpression, _ level: Int) throws -> SQLExpression {
        let symbol = token
        if let word = symbol.word {
            advance()
            switch word {
            case "AND", "OR": return try chain(word, left, level)
            case "IS": return try test(left)
            case "AT":
                try demand("TIME")
                try demand("ZONE")
                let zone = try expression(above: level)
                return try made(.atTimeZone(left, zone), [left, zone])
            case "NOT":
                let second = token.word ?? ""
                advance()
                return try matching(second, left, isNegated: true)
            default: return try matching(word, left, isNegated: false)
            }
        }
        advance()
        switch symbol.text {
        case "::":
            let type = try type()
            return try made(.cast(left, type, isTry: false), [left])
        case "[":
            let place = try expression()
            try demand(symbol: "]")
            return try made(.subscripted(left, place), [left, place])
        case "^": throw QueryError.missing("Unsupported binary operator: PGExp")
        case "=", "==", "<", ">", "<=", ">=", "<>", "!=":
            let name = symbol.text == "==" ? "=" : symbol.text == "<>" ? "!=" : symbol.text
            if token.isWord("ANY") || token.isWord("SOME") || token.isWord("ALL"),
                ahead().isSymbol("(")
            {
                return try quantified(left, name)
            }
            let right = try expression(above: level)
            return try made(.binary(name, left, right), [left, right])
        default:
            let right = try expression(above: level)
            return try made(.binary(symbol.text, left, right), [left, right])
        }
    }

    private mutating func chain(
        _ word: String, _ first: SQLExpression, _ level: Int
    ) throws -> SQLExpression {
        var parts = [first]
        repeat { parts.append(try expression(above: level)) } while takes(word)
        return try made(.chain(word, parts), parts)
    }

    private mutating func quantified(
        _ left: SQLExpression, _ comparison: String
    ) throws -> SQLExpression {
        let isAll = token.isWord("ALL")
        advance()
        try demand(symbol: "(")
        if token.isWord("SELECT") || token.isWord("WITH"), comparison == "=", !isAll {
            let (query, depth) = try subquery()
            try demand(symbol: ")")
            return try made(.inQuery(left, query, isNegated: false), [left], inside: depth)
        }
        let list = try expression()
        try demand(symbol: ")")
        return try made(.quantified(left, comparison, list, isAll: isAll), [left, list])
    }

    private mutating func test(_ left: SQLExpression) throws -> SQLExpression {
        let isNegated = takes("NOT")
        if takes("DISTINCT", "FROM") {
            let right = try expression(above: Level.is)
            let name = "IS \(isNegated ? "NOT " : "")DISTINCT FROM"
            return try made(.binary(name, left, right), [left, right])
        }
        guard let word = token.word, ["NULL", "TRUE", "FALSE", "UNKNOWN"].contains(word) else {
            throw expected("[NOT] NULL | TRUE | FALSE | DISTINCT | [form] NORMALIZED FROM after IS")
        }
        advance()
        return try made(.test(left, (isNegated ? "NOT " : "") + word), [left])
    }

    private mutating func matching(
        _ word: String, _ left: SQLExpression, isNegated: Bool
    ) throws -> SQLExpression {
        switch word {
        case "BETWEEN":
            let low = try expression(above: Level.between)
            try demand("AND")
            let high = try expression(above: Level.between)
            return try made(.between(left, low, high, isNegated: isNegated), [left, low, high])
        case "IN":
            try demand(symbol: "(")
            if token.isWord("SELECT") || token.isWord("WITH") || token.isWord("VALUES") {
                let (query, depth) = try subquery()
                try demand(symbol: ")")
                return try made(.inQuery(left, query, isNegated: isNegated), [left], inside: depth)
            }
            let list = token.isSymbol(")") ? [] : try expressions()
            try demand(symbol: ")")
            return try made(.inList(left, list, isNegated: isNegated), [left] + list)
        default:
            guard word != "SIMILAR" else { throw QueryError.missing("SIMILAR TO") }
            var like = SQLLike(isNegated: isNegated, ignoresCase: word == "ILIKE")
            let pattern = try expression(above: Level.like)
            if takes("ESCAPE") {
                guard token.kind == .string, token.text.count == 1 else {
                    throw expected("literal string")
                }
                like.escape = token.text.first
                advance()
            }
            return try made(.like(left, pattern, like), [left, pattern])
        }
    }

    // MARK: Operands

    private mutating func operand() throws -> SQLExpression {
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

    private mutating func operand(symbol: String) throws -> SQLExpression {
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

    private mutating func array() throws -> SQLExpression {
        let elements = token.isSymbol("]") ? [] : try expressions()
        try demand(symbol: "]")
        return try made(.array(elements), elements)
    }

    private mutating func operand(word: String) throws -> SQLExpression {
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

    /// Words that begin no expression.
    private static let never: Set = [
        "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "SELECT", "AS", "ON", "AND",
        "OR",
        "THEN", "WHEN", "ELSE", "JOIN", "BY", "QUALIFY",
    ]

    private mutating func exists(isNegated: Bool) throws -> SQLExpression {
        try demand(symbol: "(")
        let (query, depth) = try subquery()
        try demand(symbol: ")")
        return try made(.exists(query, isNegated: isNegated), [], inside: depth)
    }

    private mutating func typed(_ type: SQLType) throws -> SQLExpression {
        advance()
        let text = try made(.string(token.text), [])
        advance()
        return try made(.cast(text, type, isTry: false), [text])
    }

    private mutating func interval() throws -> SQLExpression {
        var text = token.text
        advance()
        let units = ["YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND"]
        if let word = token.word, units.contains(where: { word == $0 || word == $0 + "S" }) {
            text += " " + word
            advance()
        }
        return try made(.interval(text), [])
    }

    private mutating func choice() throws -> SQLExpression {
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

    /// Functions whose arguments stand between words.
    private mutating func special(_ word: String) throws -> SQLExpression {
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

    /// A column's name, or a call.
    private mutating func column() throws -> SQLExpression {
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

    mutating func window() throws -> SQLWindow {
        var window = SQLWindow()
        try demand(symbol: "(")
        if takes("PARTITION", "BY") { window.partition = try expressions() }
        if takes("ORDER", "BY") { window.order = try orders() }
        if token.isWord("ROWS") || token.isWord("RANGE") {
            let isRows = token.isWord("ROWS")
            advance()
            let isRange = takes("BETWEEN")
            let start = try frameBound()
            if isRange { try demand("AND") }
            let end = isRange ? try frameBound() : .current
            window.frame = SQLWindow.Frame(isRows: isRows, start: start, end: end)
        }
        try demand(symbol: ")")
        return window
    }

    private mutating func frameBound() throws -> SQLWindow.Frame.Bound {
        if takes("CURRENT", "ROW") { return .current }
        if takes("UNBOUNDED", "PRECEDING") { return .unboundedPreceding }
        if takes("UNBOUNDED", "FOLLOWING") { return .unboundedFollowing }
        guard token.kind == .number, let number = Int(token.text), number < 1 << 40 else {
            throw expected("a number of rows")
        }
        advance()
        if takes("PRECEDING") { return .preceding(number) }
        try demand("FOLLOWING")
        return .following(number)
    }

    // MARK: Types

    private mutating func type() throws -> SQLType {
        guard let word = token.word else { throw expected("a data type name") }
        advance()
        var type: SQLType
        switch word {
        case "BOOLEAN", "BOOL": type = .boolean
        case "TINYINT", "SMALLINT", "INT", "INTEGER", "INT2", "INT4": type = .int32
        case "BIGINT", "INT8", "INT64": type = .int64
        case "FLOAT", "REAL", "FLOAT4", "FLOAT8", "FLOAT64", "DECIMAL", "NUMERIC": type = .float64
        case "DOUBLE":
            _ = takes("PRECISION")
            type = .float64
        case "VARCHAR", "TEXT", "STRING", "CHAR", "CHARACTER":
            _ = takes("VARYING")
            type = .utf8
        case "BYTEA", "BINARY", "VARBINARY", "BLOB": type = .binary
        case "DATE": type = .date
        case "INTERVAL": type = .interval
        case "TIMESTAMPTZ": type = .timestamp(.nanoseconds, zoned: true)
        case "TIMESTAMP", "DATETIME": type = .timestamp(.nanoseconds, zoned: false)
        default: throw QueryError.missing("Unsupported SQL type \(word)")
        }
        if takes(symbol: "(") {
            while token.kind == .number || token.isSymbol(",") { advance() }
            try demand(symbol: ")")
        }
        if takes("UNSIGNED") { type = type == .int64 ? .uint64 : .uint32 }
        if takes("WITH", "TIME", "ZONE") { type = .timestamp(.nanoseconds, zoned: true) }
        _ = takes("WITHOUT", "TIME", "ZONE")
        var levels = 0
        while token.isSymbol("["), ahead().isSymbol("]") {
            levels += 1
            guard levels < 10 else { throw QueryError.tooDeep }
            advance()
            advance()
            type = .list(type)
        }
        return type
    }
}

/// Bytes as two digits each.
enum Hexadecimal {
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { byte -> UInt8 in
            switch byte {
            case 48...57: byte - 48
            case 65...70: byte - 55
            case 97...102: byte - 87
            default: 255
            }
        }
        guard digits.count % 2 == 0, !digits.contains(255) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
