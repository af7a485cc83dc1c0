internal import Restate

/// A row of the table of users.
public struct UserRow: Codable, Equatable, Sendable {
    public var userid: String
    public var name: String
    public var address: String
    public var credits: Double
    /// Counts the conditional updates.
    public var version: Double
}

/// How much a user gets.
public struct AddedCredits: Codable, Sendable {
    public var userId: String
    public var addCredits: Double

    public init(userId: String, addCredits: Double) {
        self.userId = userId
        self.addCredits = addCredits
    }
}

#if PostgreSQL
extension PostgresConnection {
    func user(_ id: String) throws -> UserRow? {
        let found = try query(
            "SELECT userid, name, address, credits, version FROM users WHERE userid = $1", id)
        guard let row = found.rows.first else { return nil }
        return UserRow(
            userid: row[0] ?? "", name: row[1] ?? "", address: row[2] ?? "",
            credits: try number(row[3], "credits", of: id),
            version: try number(row[4], "version", of: id))
    }

    /// - Throws: a ``TerminalError`` if PostgreSQL has a number that JSON has not, such as `NaN`.
    private func number(
        _ text: String?, _ column: String, of user: String
    ) throws(TerminalError) -> Double {
        let number = text.flatMap(Double.init) ?? 0
        guard number.isFinite else {
            throw TerminalError("The \(column) of the user '\(user)' are no number for JSON")
        }
        return number
    }

    /// - Throws: a ``TerminalError`` if there is no such user, or if the sum is too large.
    func add(_ credits: Double, to id: String) throws {
        let sql = """
            UPDATE users SET credits = credits + $2::numeric
            WHERE userid = $1 AND abs(credits + $2::numeric) <= $3::numeric
            """
        if try query(sql, id, Self.text(credits), Self.most).changed == 1 { return }
        throw try user(id) == nil ? Self.noUser(id) : Self.tooMuch(credits, for: id)
    }

    static func tooMuch(_ credits: Double, for id: String) -> TerminalError {
        badInput("The user '\(id)' cannot hold \(text(credits)) credits more")
    }

    /// PostgreSQL has larger numbers. Whoever read one would find no value for it.
    static let most = text(Double.greatestFiniteMagnitude)

    static func noUser(_ id: String) -> TerminalError {
        TerminalError("No single row with userid = '\(id)'", code: 404)
    }

    /// Without a point if it is whole.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}
#endif
