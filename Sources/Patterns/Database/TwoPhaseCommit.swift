#if PostgreSQL
public import Restate

/// Adds exactly once by two phases: a transaction is prepared, its name is stored in the journal, and then it is
/// committed. Whatever else was prepared is rolled back.
///
/// Only a name in the journal is committed. So no process that was paused in an old try can commit its own.
public struct TwoPhaseCommit: Service {
    public static let name = "twoPhaseCommit"

    public struct Sweep: Codable, Sendable {
        public var invocation: String

        public init(_ invocation: String) {
            self.invocation = invocation
        }
    }

    let database: Postgres

    public init(_ database: Postgres) {
        self.database = database
    }

    func update(_ ctx: Context, change: AddedCredits) async throws {
        try named(change.userId, "userId")
        let (database, id) = (database, ctx.invocationID)
        let sweep = ctx.service(TwoPhaseCommit.self).sweep
        var number = 0
        while true {
            number += 1
            let transaction = PreparedTransaction(invocation: id, number: number)
            let name: String?
            do {
                name = try await ctx.run("prepare \(number)") {
                    try await database.perform { try $0.prepare(transaction, change) }
                }
            } catch let error as TerminalError {
                if error.isCancellation, number == 1 { sweep.send(Sweep(id)) }
                throw error
            }
            if let name {
                try await ctx.withoutCancellation {
                    try await ctx.run("commit") {
                        try await database.perform { try $0.commit(name) }
                    }
                }
                return
            }
            // A try has crashed after it had prepared: what it left is swept when this has ended.
            // It is asked for once.
            if number == 1 { sweep.send(Sweep(id)) }
        }
    }

    /// Rolls back what an invocation has left, once it has ended.
    func sweep(_ ctx: Context, request: Sweep) async throws -> Int {
        let (database, id) = (database, request.invocation)
        let invocation = InvocationID<Void>(id)
        guard invocation.isWellFormed else {
            throw badInput("invocation must be the id of an invocation, not '\(id)'")
        }
        do {
            try await ctx.attach(to: invocation).value
        } catch let error as TerminalError {
            // How it has ended does not matter.
            if error.isCancellation { throw error }
        }
        let first = try await ctx.run("roll back") {
            try await database.perform { try $0.rollBack(of: id) }
        }
        // A process that was paused may have prepared one meanwhile.
        try await ctx.sleep(.seconds(60))
        let second = try await ctx.run("roll back") {
            try await database.perform { try $0.rollBack(of: id) }
        }
        return first + second
    }

    public struct API: HandlerTable {
        public let update = handler(TwoPhaseCommit.update)
        public let sweep = handler(TwoPhaseCommit.sweep)

        public init() {}
    }
}
#endif
