#if PostgreSQL
internal import Restate

/// A transaction of one try of an invocation. Its name in the database is `<invocation>:<number>:<random>`.
struct PreparedTransaction: Sendable {
    let invocation: String
    let number: Int

    /// Another one each time, so that no try commits what another one has prepared.
    func newName() -> String {
        "\(invocation):\(number):\(UInt32.random(in: 0...UInt32.max))"
    }

    /// The number in a name.
    static func number(in name: String) -> Int? {
        let parts = name.split(separator: ":")
        return parts.count == 3 ? Int(parts[1]) : nil
    }
}

extension PostgresConnection {
    /// Prepares a transaction that adds credits.
    /// - Returns: its name; nil if an earlier try has prepared one of this number, whose name is lost.
    func prepare(_ transaction: PreparedTransaction, _ change: AddedCredits) throws -> String? {
        let earlier = try prepared(of: transaction.invocation).compactMap { name in
            PreparedTransaction.number(in: name).map { (name: name, number: $0) }
        }
        // The journal says of these numbers that their names are lost.
        for lost in earlier where lost.number < transaction.number {
            try finish("ROLLBACK PREPARED", lost.name)
        }
        if earlier.contains(where: { $0.number == transaction.number }) { return nil }
        let name = transaction.newName()
        try query("BEGIN")
        // The retry policy waits for a lock, and not the step.
        try query("SET LOCAL lock_timeout = '2s'")
        try add(change.addCredits, to: change.userId)
        do {
            try query("PREPARE TRANSACTION \(quoted(name))")
        } catch let error as PostgresError
            where error.state == PostgresError.notInPrerequisiteState
        {
            throw TerminalError(
                "The server prepares no transactions: set max_prepared_transactions, which is 0 by "
                    + "default. \(error)")
        }
        return name
    }

    /// Commits a prepared transaction. If there is none, an earlier try has committed it.
    func commit(_ name: String) throws {
        try finish("COMMIT PREPARED", name)
    }

    /// Rolls back all prepared transactions of an invocation.
    /// - Returns: how many.
    func rollBack(of invocation: String) throws -> Int {
        let names = try prepared(of: invocation)
        for name in names { try finish("ROLLBACK PREPARED", name) }
        return names.count
    }

    /// The names of all that are prepared.
    func prepared(of invocation: String) throws -> [String] {
        try query(
            """
            SELECT gid FROM pg_prepared_xacts
            WHERE database = current_database() AND starts_with(gid, $1)
            """, "\(invocation):"
        ).rows.compactMap { $0[0] }
    }

    private func finish(_ command: String, _ name: String) throws {
        do {
            try query("\(command) \(quoted(name))")
        } catch let error as PostgresError where error.state == PostgresError.undefinedObject {
            // Somebody else was quicker.
        }
    }
}
#endif
