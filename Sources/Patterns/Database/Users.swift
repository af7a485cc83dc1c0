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
            credits: row[3].flatMap(Double.init) ?? 0, version: row[4].flatMap(Double.init) ?? 0)
    }

    /// - Throws: a ``TerminalError`` if there is no such user.
    func add(_ credits: Double, to id: String) throws {
        let sql = "UPDATE users SET credits = credits + $2::numeric WHERE userid = $1"
        guard try query(sql, id, Self.text(credits)).changed == 1 else { throw Self.noUser(id) }
    }

    static func noUser(_ id: String) -> TerminalError {
        TerminalError("No single row with userid = '\(id)'", code: 404)
    }

    /// Without a point if it is whole.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}
#endif
