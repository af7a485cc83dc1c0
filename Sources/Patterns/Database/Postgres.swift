#if PostgreSQL
internal import Foundation
internal import Synchronization

/// A PostgreSQL database. Its queries block threads of their own, at most eight at once, each with a connection.
public final class Postgres: Sendable {
    private let url: String
    private let idle = Mutex<[PostgresConnection]>([])
    private let queue = OperationQueue()

    /// - Parameter url: as `postgres://restatedb:restatedb@localhost:5432/exampledb`.
    public init(_ url: String) {
        self.url = url
        queue.maxConcurrentOperationCount = 8
    }

    /// Does something on a connection that nobody else uses meanwhile.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await withUnsafeThrowingContinuation { continuation in
            queue.addOperation {
                continuation.resume(with: Result { try self.onConnection(body) })
            }
        }
    }

    /// Does something wholly or not at all.
    func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await perform { connection in
            try connection.query("BEGIN")
            let value = try body(connection)
            try connection.query("COMMIT")
            return value
        }
    }

    private func onConnection<Value>(_ body: (PostgresConnection) throws -> Value) throws -> Value {
        let connection = try idle.withLock { $0.popLast() } ?? PostgresConnection(url)
        // One that was lost, or whose transaction failed, is closed instead.
        defer { if connection.isIdle { idle.withLock { $0.append(connection) } } }
        return try body(connection)
    }
}
#endif
