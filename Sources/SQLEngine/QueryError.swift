/// A query that cannot be answered: in the server's words where it has some.
package struct QueryError: Error, Equatable, CustomStringConvertible {
    /// 400 for what the server's parser and planner refuse, 500 for the rest: as it has them.
    package let status: Int
    let sentence: String

    package init(_ status: Int, _ sentence: String) {
        self.status = status
        self.sentence = sentence
    }

    package var description: String { "Datafusion error: \(sentence)" }

    static func parser(_ text: String) -> QueryError {
        QueryError(400, "SQL error: ParserError(\(quoted(text)))")
    }

    static func tokenizer(_ text: String) -> QueryError {
        QueryError(400, "SQL error: TokenizerError(\(quoted(text)))")
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    static let tooDeep = QueryError(
        400, "SQL error: RecursionLimitExceeded (current limit: \(SQLParser.depthLimit))")

    /// What the planner does not accept.
    static func planning(_ text: String, status: Int = 400) -> QueryError {
        QueryError(status, "Error during planning: \(text)")
    }

    static func missing(_ text: String) -> QueryError {
        QueryError(500, "This feature is not implemented: \(text)")
    }

    static func schema(_ text: String) -> QueryError { QueryError(500, "Schema error: \(text)") }
    package static func execution(_ text: String) -> QueryError {
        QueryError(500, "Execution error: \(text)")
    }
    static func arrow(_ text: String) -> QueryError { QueryError(500, "Arrow error: \(text)") }

    /// More than one query may have; the sentence says how much that is.
    static func bound(_ text: String) -> QueryError {
        QueryError(400, "Resources exhausted: \(text)")
    }
}
