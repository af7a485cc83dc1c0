/// Why a query is not answered, in the server's words where it has some.
package struct QueryError: Error, Equatable, CustomStringConvertible {
    /// The HTTP status. A server answers 400 for most errors of parser and planner, and 500 for
    /// others.
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

    /// The binder does not accept the query.
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

    /// The query exceeds a limit, which the text names.
    static func bound(_ text: String) -> QueryError {
        QueryError(400, "Resources exhausted: \(text)")
    }
}
