/// Parses windows and the names of types.
extension SQLParser {
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

    mutating func frameBound() throws -> SQLWindow.Frame.Bound {
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

    mutating func type() throws -> SQLType {
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
