/// Parses operators by their precedence, with the levels of the server's parser.
extension SQLParser {
    mutating func expression() throws -> SQLExpression { try expression(above: 0) }

    mutating func expressions() throws -> [SQLExpression] {
        var expressions: [SQLExpression] = []
        repeat { expressions.append(try expression()) } while takes(symbol: ",")
        return expressions
    }

    /// Makes a node of the tree, one level above the nodes below it. A tree that becomes too deep
    /// is an error, because binding and evaluation recurse over it.
    mutating func made(
        _ kind: SQLExpression.Kind, _ below: [SQLExpression], inside: Int = 0
    ) throws -> SQLExpression {
        let depth = max(below.reduce(0) { max($0, $1.depth) }, inside) + 1
        guard depth <= Self.expressionLimit else {
            throw QueryError.bound("an expression of more than \(Self.expressionLimit) levels")
        }
        deepest = max(deepest, depth)
        return SQLExpression(kind: kind, depth: depth)
    }

    /// Parses a subquery, and returns how deep its expressions are.
    mutating func subquery() throws -> (query: SQLQuery, depth: Int) {
        let outer = deepest
        deepest = 0
        let query = try query()
        let depth = deepest + 1
        deepest = max(outer, depth)
        return (query, depth)
    }

    /// Parses an operand and all operators after it that bind more tightly than `level`.
    mutating func expression(above level: Int) throws -> SQLExpression {
        try nested { parser in
            var left = try parser.operand()
            while let next = parser.level(), next > level {
                left = try parser.infix(left, next)
            }
            return left
        }
    }

    enum Level {
        static let or = 5, and = 10, not = 15, `is` = 17, like = 19, between = 20, comparison = 20
        static let bitOr = 21, bitXor = 22, bitAnd = 23, sum = 30, product = 40, zone = 41,
            arrow = 50
        static let subscripted = 100
    }

    /// The precedence of the operator at this place; nil if there is none.
    func level() -> Int? {
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

    mutating func infix(_ left: SQLExpression, _ level: Int) throws -> SQLExpression {
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

    /// Parses a chain of ANDs or ORs as one flat node, so that long conditions stay shallow.
    mutating func chain(
        _ word: String, _ first: SQLExpression, _ level: Int
    ) throws -> SQLExpression {
        var parts = [first]
        repeat { parts.append(try expression(above: level)) } while takes(word)
        return try made(.chain(word, parts), parts)
    }

    mutating func quantified(
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

    mutating func test(_ left: SQLExpression) throws -> SQLExpression {
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

    mutating func matching(
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
}
