#if PostgreSQL
public import Restate

/// Adds exactly once: the transaction that adds also stores a key, which a second try finds.
public struct IdempotentUpdate: Service {
    public static let name = "idempotency"
    /// How long a key is kept. By then the invocation has long ended.
    private static let memory = Duration.seconds(86400)

    let database: Postgres

    public init(_ database: Postgres) {
        self.database = database
    }

    func update(_ ctx: Context, change: AddedCredits) async throws {
        let (database, key) = (database, ctx.newID())
        try named(change.userId, "userId")
        try await ctx.withoutCancellation {
            try await ctx.run("add credits") {
                try await database.transaction { connection in
                    let sql = "INSERT INTO user_idempotency (id) VALUES ($1) ON CONFLICT DO NOTHING"
                    guard try connection.query(sql, key).changed == 1 else { return }
                    try connection.add(change.addCredits, to: change.userId)
                }
            }
        }
        ctx.service(IdempotentUpdate.self).expireIdempotencyKey.send(key, after: Self.memory)
    }

    func expireIdempotencyKey(_ ctx: Context, key: String) async throws {
        _ = try await database.perform { connection in
            try connection.query("DELETE FROM user_idempotency WHERE id = $1", key)
        }
    }

    public struct API: HandlerTable {
        public let update = handler(IdempotentUpdate.update)
        public let expireIdempotencyKey = handler(IdempotentUpdate.expireIdempotencyKey)
            .ingressPrivate()

        public init() {}
    }
}
#endif
