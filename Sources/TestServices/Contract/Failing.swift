import Primitives
import Restate
import RestateHTTP

/// Every way to fail. The counters are the process's own, so that they count attempts.
struct Failing: VirtualObject {
    struct Failure: Codable, Sendable {
        var errorMessage: String
        var metadata: [String: String]?

        var error: TerminalError { TerminalError(errorMessage, metadata: metadata ?? [:]) }
    }

    private let calls = Locked(0)
    private let succeedingRuns = Locked(0)
    private let failingRuns = Locked(0)

    func terminallyFailingCall(_ ctx: ObjectContext, failure: Failure) async throws {
        throw failure.error
    }

    func callTerminallyFailingCall(
        _ ctx: ObjectContext, failure: Failure
    ) async throws -> String {
        try await ctx.object(Failing.self, "\(ctx.uuid())").terminallyFailingCall(failure)
        throw OrdinaryError(description: "The call did not fail")
    }

    func failingCallWithEventualSuccess(_ ctx: ObjectContext) async throws -> Int {
        try calls.attempt(succeedingAt: 4)
    }

    func terminallyFailingSideEffect(_ ctx: ObjectContext, failure: Failure) async throws {
        try await ctx.run("") { throw failure.error }
    }

    func sideEffectSucceedsAfterGivenAttempts(
        _ ctx: ObjectContext, attempts: Int
    ) async throws -> Int {
        try await ctx.run("", retry: .fast()) { [succeedingRuns] in
            try succeedingRuns.attempt(succeedingAt: attempts)
        }
    }

    func sideEffectFailsAfterGivenAttempts(
        _ ctx: ObjectContext, attempts: Int
    ) async throws -> Int {
        do {
            try await ctx.run("", retry: .fast(maxAttempts: attempts)) { [failingRuns] in
                throw OrdinaryError.failed(at: failingRuns.next())
            }
        } catch let error as TerminalError where !error.isCancellation {
            return failingRuns.withLock { $0 }
        }
        throw TerminalError("The run did not fail")
    }

    struct API: HandlerTable {
        let terminallyFailingCall = exclusive(Failing.terminallyFailingCall)
        let callTerminallyFailingCall = exclusive(Failing.callTerminallyFailingCall)
        let failingCallWithEventualSuccess = exclusive(Failing.failingCallWithEventualSuccess)
        let terminallyFailingSideEffect = exclusive(Failing.terminallyFailingSideEffect)
        let sideEffectSucceedsAfterGivenAttempts =
            exclusive(Failing.sideEffectSucceedsAfterGivenAttempts)
        let sideEffectFailsAfterGivenAttempts =
            exclusive(Failing.sideEffectFailsAfterGivenAttempts)
    }
}

extension RunRetryPolicy {
    fileprivate static func fast(maxAttempts: Int? = nil) -> RunRetryPolicy {
        RunRetryPolicy(
            initialInterval: .milliseconds(10), factor: 1, maxInterval: nil,
            maxAttempts: maxAttempts)
    }
}

extension Locked<Int> {
    fileprivate func next() -> Int {
        withLock { count in
            count += 1
            return count
        }
    }

    /// Counts an attempt. The one that succeeds starts the counter anew.
    fileprivate func attempt(succeedingAt last: Int) throws -> Int {
        try withLock { count in
            count += 1
            guard count >= last else { throw OrdinaryError.failed(at: count) }
            defer { count = 0 }
            return count
        }
    }
}

extension OrdinaryError {
    fileprivate static func failed(at attempt: Int) -> OrdinaryError {
        OrdinaryError(description: "Failed at attempt: \(attempt)")
    }
}
