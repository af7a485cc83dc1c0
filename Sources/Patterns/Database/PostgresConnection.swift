#if PostgreSQL
internal import CPostgreSQL
internal import Restate

/// A connection, which is used by one thread at a time.
///
/// `@unchecked Sendable`: `Postgres` gives it to one run, and to the next one when that has given it back; libpq allows
/// a connection to change its thread.
final class PostgresConnection: @unchecked Sendable {
    private let connection: OpaquePointer?

    init(_ url: String) throws(PostgresError) {
        connection = PQconnectdb(url)
        guard PQstatus(connection) == CONNECTION_OK else { throw PostgresError(connection) }
    }

    deinit { PQfinish(connection) }

    /// Whether it is open, and in no transaction.
    var isIdle: Bool {
        PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    /// Executes a command.
    /// - Parameter values: stand for `$1`, `$2` and so on; they are never a part of the command's text.
    /// - Throws: a ``TerminalError`` if the database cannot take a value, as a name that is too long, because no
    ///   retry helps; a ``PostgresError`` for everything else.
    @discardableResult
    func query(_ sql: String, _ values: String...) throws -> PostgresRows {
        // To libpq a value ends with its first NUL. The rest would be lost without a word.
        if values.contains(where: { $0.utf8.contains(0) }) {
            throw badInput("PostgreSQL takes no text with the character NUL (U+0000)")
        }
        let texts = values.map { Array($0.utf8CString) }
        var result: OpaquePointer?
        withPointers(to: texts) { pointers in
            result = PQexecParams(
                connection, sql, Int32(values.count), nil, pointers, nil, nil, 0)
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return PostgresRows(result)
        default:
            let state = postgresql_sqlstate(result).map { String(cString: $0) }
            let error = PostgresError(connection, state: state)
            if error.isOfValue { throw badInput("PostgreSQL refuses a value: \(error)") }
            throw error
        }
    }

    /// Writes a text as SQL does, for commands that take no values.
    func quoted(_ text: String) throws(PostgresError) -> String {
        guard let quoted = PQescapeLiteral(connection, text, text.utf8.count) else {
            throw PostgresError(connection)
        }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    private func withPointers(
        to texts: [[CChar]], _ body: ([UnsafePointer<CChar>?]) -> Void
    ) {
        func add(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) {
            guard index < texts.count else { return body(pointers) }
            texts[index].withUnsafeBufferPointer { add(index + 1, pointers + [$0.baseAddress]) }
        }
        add(0, [])
    }
}

/// The answer of a command.
struct PostgresRows: Sendable {
    /// The values as texts; nil for a null.
    let rows: [[String?]]
    /// How many rows it has changed.
    let changed: Int

    fileprivate init(_ result: OpaquePointer?) {
        let columns = 0..<PQnfields(result)
        rows = (0..<PQntuples(result)).map { row in
            columns.map { column in
                PQgetisnull(result, row, column) == 1
                    ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
            }
        }
        changed = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }
}

/// What the database says went wrong.
struct PostgresError: Error, CustomStringConvertible {
    /// The five characters of an SQLSTATE; nil if the connection was lost.
    let state: String?
    let description: String

    fileprivate init(_ connection: OpaquePointer?, state: String? = nil) {
        self.state = state
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        description = text.split(separator: "\n").joined(separator: " ")
    }

    /// Whether a value is to blame: the class 22 is "data exception".
    fileprivate var isOfValue: Bool { state?.hasPrefix("22") == true }

    /// There is no such prepared transaction.
    static let undefinedObject = "42704"
    /// The server is not configured for it.
    static let notInPrerequisiteState = "55000"
}
#endif
