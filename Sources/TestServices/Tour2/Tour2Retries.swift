import CanonicalJSON
import Restate

/// Errors that are retried: when, how often, and what ends it.
struct Tour2Retries: Service {
    static let options = ServiceOptions().retryPolicy(
        InvocationRetryPolicy(
            initialInterval: .milliseconds(20), maxAttempts: 5, onMaxAttempts: .kill))

    struct Attempts: Codable, Sendable {
        var ms: Int
        var attempts: Int
    }
    struct Total: Codable, Sendable {
        var ms: Int
        var total: Int
    }
    struct Policy: Codable, Sendable {
        var initial: Int
        var factor: Double
        var longest: Int
        var attempts: Int
    }
    struct InitialTotal: Codable, Sendable {
        var initial: Int
        var total: Int
    }

    func runRetryAfter(_ ctx: Context, ms: Int) async throws {
        try await ctx.run("later") { throw comeBack(after: ms) }
    }

    func runRetryable(_ ctx: Context) async throws {
        try await ctx.run("later") { throw comeBack() }
    }

    func runRetryAfterAttempts(_ ctx: Context, input: Attempts) async throws -> String {
        try await toldOfRun(ctx, "later", RunRetryPolicy(maxAttempts: input.attempts)) {
            comeBack(after: input.ms)
        }
    }

    func runRetryAfterTotal(_ ctx: Context, input: Total) async throws -> String {
        try await toldOfRun(
            ctx, "later", RunRetryPolicy(maxDuration: .milliseconds(input.total))
        ) { comeBack(after: input.ms) }
    }

    func runPolicy(_ ctx: Context, input: Policy) async throws -> String {
        let policy = RunRetryPolicy(
            initialInterval: .milliseconds(input.initial), factor: input.factor,
            maxInterval: .milliseconds(input.longest), maxAttempts: input.attempts)
        return try await toldOfRun(ctx, "flaky", policy) { Flaky() }
    }

    func runTotal(_ ctx: Context, input: InitialTotal) async throws -> String {
        let policy = RunRetryPolicy(
            initialInterval: .milliseconds(input.initial), factor: 1,
            maxDuration: .milliseconds(input.total))
        return try await toldOfRun(ctx, "flaky", policy) { Flaky() }
    }

    func runOnce(_ ctx: Context) async throws -> String {
        try await toldOfRun(ctx, "flaky", RunRetryPolicy(maxAttempts: 1)) { Flaky() }
    }

    func runPause(_ ctx: Context, message: String) async throws {
        try await ctx.run("stops") { throw PauseError(message) }
    }

    func runThenPause(_ ctx: Context, message: String) async throws {
        try await ctx.run("goes") { 1 }
        try await ctx.run("stops") { throw PauseError(message) }
    }

    func retryAfter(_ ctx: Context, ms: Int) async throws {
        throw comeBack(after: ms)
    }

    func retryAfterRun(_ ctx: Context, ms: Int) async throws {
        try await ctx.run("goes") { 1 }
        throw comeBack(after: ms)
    }

    func retryable(_ ctx: Context) async throws {
        throw comeBack()
    }

    /// What a run ended with when its policy was used up.
    private nonisolated(nonsending) func toldOfRun(
        _ ctx: Context, _ name: String, _ policy: RunRetryPolicy,
        _ error: @escaping @Sendable () -> any Error
    ) async throws -> String {
        do {
            try await ctx.run(name, retry: policy) { throw error() }
            return "nothing"
        } catch let error as TerminalError {
            return told(error)
        }
    }

    struct API: HandlerTable {
        let runRetryAfter = handler(Tour2Retries.runRetryAfter).retryPolicy(endsSoon)
        let runRetryable = handler(Tour2Retries.runRetryable).retryPolicy(endsSoon)
        let runRetryAfterAttempts = handler(Tour2Retries.runRetryAfterAttempts)
        let runRetryAfterTotal = handler(Tour2Retries.runRetryAfterTotal)
        let runPolicy = handler(Tour2Retries.runPolicy)
        let runTotal = handler(Tour2Retries.runTotal)
        let runOnce = handler(Tour2Retries.runOnce)
        let runPause = handler(Tour2Retries.runPause).retryPolicy(endsSoon)
        let runThenPause = handler(Tour2Retries.runThenPause).retryPolicy(endsSoon)
        let retryAfter = handler(Tour2Retries.retryAfter).retryPolicy(endsSoon)
        let retryAfterRun = handler(Tour2Retries.retryAfterRun).retryPolicy(endsSoon)
        let retryable = handler(Tour2Retries.retryable).retryPolicy(endsSoon)
    }
}

private func comeBack(after milliseconds: Int? = nil) -> RetryableError {
    RetryableError("come back", retryAfter: milliseconds.map { .milliseconds($0) })
}

private struct Flaky: Error, CustomStringConvertible {
    let description = "flaky"
}
