#if PostgreSQL
import Patterns
import Testing

/// A private PostgreSQL server for all tests of a suite.
struct DatabaseServer: SuiteTrait, TestScoping {
    @TaskLocal static var url = ""

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        guard PrivatePostgres.isInstalled else { return try await body() }
        let server = try await PrivatePostgres()
        defer { server.stop() }
        try await Self.$url.withValue(server.url) { try await body() }
    }
}

extension Trait where Self == DatabaseServer {
    static var privateDatabase: DatabaseServer { DatabaseServer() }
}
#endif
