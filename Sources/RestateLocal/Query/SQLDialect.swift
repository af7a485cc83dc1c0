/// A query as the server's engine takes it, rewritten for SQLite.
///
/// Only what the CLI and people use daily is rewritten: column names that are reserved words in
/// SQLite, an order inside of `first_value`, the schema names. Everything else goes through as it
/// is, as far as SQLite takes it.
struct SQLDialect {
    private(set) var sql: String
    /// What is known of the result's columns, in order; nil when they are not all listed (`*`).
    private(set) var columns: [Column]?

    struct Column: Equatable {
        /// The name the server gives to a call without an alias, such as `count(Int64(1))`.
        var name: String?
        var isBoolean: Bool
    }

    init(_ query: String) {
        var tokens = SQLToken.split(query)
        Self.quoteReservedNames(&tokens)
        Self.dropSchemas(&tokens)
        Self.moveOrderIntoArguments(&tokens)
        sql = tokens.map(\.text).joined()
        columns = Self.columns(of: SQLToken.split(query).filter { $0.kind != .space })
    }

    private static func quoteReservedNames(_ tokens: inout [SQLToken]) {
        for index in tokens.indices {
            for name in ["index", "nothing"] where tokens[index].isWord(name) {
                tokens[index].text = "\"\(name)\""
            }
        }
        for index in tokens.indices where tokens[index].isWord("ilike") {
            tokens[index].text = "LIKE"  // Which takes no notice of case here.
        }
    }

    /// `restate.public.sys_journal` and `public.sys_journal` are `sys_journal`.
    private static func dropSchemas(_ tokens: inout [SQLToken]) {
        for schema in ["public", "restate"] {
            var index = 0
            while index + 2 < tokens.count {
                let precededByDot = index > 0 && tokens[index - 1].isSymbol(".")
                if tokens[index].isWord(schema), tokens[index + 1].isSymbol("."),
                    tokens[index + 2].kind == .word, !precededByDot || schema == "public"
                {
                    tokens.removeSubrange(index...index + 1)
                } else {
                    index += 1
                }
            }
        }
        // What stood before `public` has lost its right side by now.
        var index = 0
        while index + 2 < tokens.count {
            if tokens[index].isWord("restate"), tokens[index + 1].isSymbol(".") {
                tokens.removeSubrange(index...index + 1)
            }
            index += 1
        }
    }

    /// `first_value(x ORDER BY y DESC)` becomes `first_value(x, y, -1)`, which is a function of ours.
    private static func moveOrderIntoArguments(_ tokens: inout [SQLToken]) {
        var open: [Int] = []  // The places of open parentheses, and where an order began.
        var orders: [Int: Int] = [:]
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            if token.isSymbol("(") {
                open.append(index)
            } else if token.isWord("order"), let call = open.last, isFirstValue(tokens, call) {
                orders[call] = index
            } else if token.isSymbol(")"), let call = open.popLast(), let order = orders[call] {
                let words = tokens[order..<index].filter { $0.kind != .space }.dropFirst(2)
                let isDescending = words.last?.isWord("desc") ?? false
                let key = words.last.map { $0.isWord("desc") || $0.isWord("asc") } ?? false
                let text = (key ? words.dropLast() : words).map(\.text).joined(separator: " ")
                let argument = SQLToken(
                    kind: .symbol, text: ", \(text), \(isDescending ? "-1" : "1")")
                tokens.replaceSubrange(order..<index, with: [argument])
                index = order + 1
            }
            index += 1
        }
    }

    private static func isFirstValue(_ tokens: [SQLToken], _ parenthesis: Int) -> Bool {
        tokens[..<parenthesis].last { $0.kind != .space }?.isWord("first_value") ?? false
    }

    // MARK: The result's columns

    private static func columns(of tokens: [SQLToken]) -> [Column]? {
        guard let select = topLevel(tokens).first(where: { tokens[$0].isWord("select") }) else {
            return nil
        }
        let ends = ["from", "where", "union", "order", "limit", "group", "except", "intersect"]
        let top = topLevel(tokens).filter { $0 > select }
        let end =
            top.first { index in
                ends.contains { tokens[index].isWord($0) } || tokens[index].isSymbol(";")
            } ?? tokens.count
        var columns: [Column] = []
        var start = select + 1
        for index in top.filter({ $0 < end && tokens[$0].isSymbol(",") }) + [end] {
            guard start < index else { return nil }
            let item = Array(tokens[start..<index])
            if item.last?.isSymbol("*") ?? false { return nil }
            columns.append(column(item))
            start = index + 1
        }
        return columns
    }

    private static func topLevel(_ tokens: [SQLToken]) -> [Int] {
        var depth = 0
        return tokens.indices.filter { index in
            if tokens[index].isSymbol("(") { depth += 1 }
            if tokens[index].isSymbol(")") { depth -= 1 }
            return depth == 0
        }
    }

    private static func column(_ item: [SQLToken]) -> Column {
        let top = topLevel(item).map { item[$0] }
        var name: String?
        let isCall =
            item.count > 2 && item[0].kind == .word && item[1].isSymbol("(")
            && item[item.count - 1].isSymbol(")")
            && topLevel(item).dropFirst().first == item.count - 1
        if isCall {
            name =
                item[0].text.lowercased()
                + item.dropFirst().map { $0.kind == .number ? "Int64(\($0.text))" : $0.text }
                .joined()
        }
        let truths = [
            "is", "not", "and", "or", "like", "in", "between", "exists", "true", "false",
        ]
        let comparisons = ["=", "==", "!=", "<>", "<", ">", "<=", ">="]
        let isBoolean = top.contains { token in
            truths.contains { token.isWord($0) } || comparisons.contains { token.isSymbol($0) }
        }
        return Column(name: name, isBoolean: isBoolean && !top.contains { $0.isWord("case") })
    }
}
