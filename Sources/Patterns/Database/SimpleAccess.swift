#if PostgreSQL
public import Restate

/// Reads and writes a database as any program does. The promises are those of the database alone: a retry may do a
/// thing again.
public struct SimpleAccess: Service {
    public static let name = "simple"

    public struct NewUser: Codable, Sendable {
        public var userId: String
        public var name: String
        public var address: String
        public var credits: Double
    }

    public struct NewName: Codable, Sendable {
        public var userId: String
        public var newName: String
    }

    let database: Postgres

    public init(_ database: Postgres) {
        self.database = database
    }

    func read(_ ctx: Context, user: String) async throws -> JSONValue {
        try named(user, "userId")
        return try await database.row(of: user)
    }

    /// Reads in a step: whoever decides by the value decides the same when the handler is replayed.
    func durableRead(_ ctx: Context, user: String) async throws -> Double? {
        let (database, user) = (database, try named(user, "userId"))
        let credits = try await ctx.run("read credits") {
            try await database.perform { try $0.user(user)?.credits }
        }
        if credits == 0 { ctx.log.info("\(user) has no credits; a retry takes this branch, too") }
        return credits
    }

    func insert(_ ctx: Context, user: NewUser) async throws -> Bool {
        try named(user.userId, "userId")
        return try await database.perform { connection in
            try connection.query(
                """
                INSERT INTO users (userid, name, address, credits, version)
                VALUES ($1, $2, $3, $4::numeric, 0) ON CONFLICT DO NOTHING
                """, user.userId, user.name, user.address, PostgresConnection.text(user.credits)
            ).changed == 1
        }
    }

    func update(_ ctx: Context, change: NewName) async throws -> Bool {
        try named(change.userId, "userId")
        return try await database.perform { connection in
            let sql = "UPDATE users SET name = $2 WHERE userid = $1"
            return try connection.query(sql, change.userId, change.newName).changed == 1
        }
    }

    public struct API: HandlerTable {
        public let read = handler(SimpleAccess.read)
        public let durableRead = handler(SimpleAccess.durableRead)
        public let insert = handler(SimpleAccess.insert)
        public let update = handler(SimpleAccess.update)

        public init() {}
    }
}

extension Postgres {
    /// The row, or a text that says that there is none.
    func row(of user: String) async throws -> JSONValue {
        let row = try await perform { try $0.user(user) }
        return try row.map { try JSONValue(of: $0) } ?? "(row not found)"
    }
}
#endif
