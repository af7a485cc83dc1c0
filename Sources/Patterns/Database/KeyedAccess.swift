#if PostgreSQL
public import Restate

/// Changes the rows of users, each by an object of its own, so that no two changes of a row from here overlap. Its
/// key is the user's id.
public struct KeyedAccess: VirtualObject {
    public static let name = "keyed"

    let database: Postgres

    public init(_ database: Postgres) {
        self.database = database
    }

    /// May add twice if it is retried.
    func update(_ ctx: ObjectContext, credits: Double) async throws {
        let user = ctx.key
        try await database.perform { try $0.add(credits, to: user) }
    }

    func read(_ ctx: SharedObjectContext) async throws -> JSONValue {
        try await database.row(of: ctx.key)
    }

    /// Adds exactly once, if nobody else changes the version.
    func updateConditional(_ ctx: ObjectContext, credits: Double) async throws {
        let (database, user) = (database, ctx.key)
        let version = try await ctx.run("read version") {
            try await database.perform { connection in
                guard let row = try connection.user(user) else {
                    throw PostgresConnection.noUser(user)
                }
                return row.version
            }
        }
        try await database.perform { connection in
            let changed = try connection.query(
                """
                UPDATE users SET credits = credits + $2::numeric, version = version + 1
                WHERE userid = $1 AND version = $3::numeric
                    AND abs(credits + $2::numeric) <= $4::numeric
                """, user, PostgresConnection.text(credits), PostgresConnection.text(version),
                PostgresConnection.most
            ).changed
            // If no row changes, an earlier try of this has changed it. Then it has another version.
            if changed == 0, try connection.user(user)?.version == version {
                throw PostgresConnection.tooMuch(credits, for: user)
            }
        }
    }

    public struct API: HandlerTable {
        public let update = exclusive(KeyedAccess.update)
        public let read = shared(KeyedAccess.read)
        public let updateConditional = exclusive(KeyedAccess.updateConditional)

        public init() {}
    }
}
#endif
