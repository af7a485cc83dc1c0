import RestateMachine
import RestateProtocol

extension Context {
    /// Runs a step once and keeps its result: calls to the outside, clocks, randomness.
    ///
    /// On a replay the closure is not run; the kept result is given again. The closure runs off the
    /// event loop, so that it may take its time. It cannot use the context.
    ///
    /// ```swift
    /// let receipt = try await ctx.run("charge") { try await gateway.charge(order) }
    /// ```
    /// - Parameters:
    ///   - name: shown with the journal, and compared on a replay.
    ///   - retry: how an ordinary error is retried; by default without end, as the server decides.
    /// - Throws: the terminal error that the closure threw, or that its last retry ended with.
    public nonisolated(nonsending) func run<Value: Codable & Sendable>(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let site = CallSite(fileID: fileID, line: line)
        let encoded: @Sendable () async throws -> [UInt8] = { try JSON.encode(await body()) }
        let id = invocation.issue { try begin(name, retry, site, encoded) }
        return try await Self.json(invocation.result(.completion(id), at: site))
    }

    /// Runs a step without a result once.
    public nonisolated(nonsending) func run(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let site = CallSite(fileID: fileID, line: line)
        let encoded: @Sendable () async throws -> [UInt8] = {
            try await body()
            return []
        }
        let id = invocation.issue { try begin(name, retry, site, encoded) }
        try await Self.nothing(invocation.result(.completion(id), at: site))
    }

    /// Starts a step and gives its future, so that several run side by side.
    ///
    /// The closure starts when something is awaited that the future is part of; a future that
    /// nobody awaits is never run.
    public func start<Value: Codable & Sendable>(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) -> DurableFuture<Value> {
        let site = CallSite(fileID: fileID, line: line)
        let encoded: @Sendable () async throws -> [UInt8] = { try JSON.encode(await body()) }
        return future(at: site, { try begin(name, retry, site, encoded) }) {
            try Self.json($0)
        }
    }

    /// Starts a step without a result and gives its future.
    public func start(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) -> DurableFuture<Void> {
        let site = CallSite(fileID: fileID, line: line)
        let encoded: @Sendable () async throws -> [UInt8] = {
            try await body()
            return []
        }
        return future(at: site, { try begin(name, retry, site, encoded) }) {
            try Self.nothing($0)
        }
    }

    /// Issues the run and keeps its closure, unless the journal has its result already.
    private func begin(
        _ name: String, _ retry: RunRetryPolicy?, _ site: CallSite,
        _ body: @escaping @Sendable () async throws -> [UInt8]
    ) throws(AttemptEnd) -> UInt32 {
        let run = try invocation.machine.run(name: name, at: site)
        guard !run.isReplayed else { return run.completionID }
        let policy = retry?.machinePolicy
        invocation.keep({ await outcome(of: body, policy) }, for: run.completionID)
        return run.completionID
    }

    static func json<Value: Decodable>(_ result: NotificationResult) throws -> Value {
        switch result {
        case .value(let bytes): return try decodeJSON(bytes)
        case .failure(let failure): throw TerminalError(failure)
        case .void: return try decodeJSON([])
        case .invocationID, .stateKeys: throw UnexpectedResult(of: "an operation", result)
        }
    }

    static func nothing(_ result: NotificationResult) throws {
        switch result {
        case .value, .void: return
        case .failure(let failure): throw TerminalError(failure)
        case .invocationID, .stateKeys: throw UnexpectedResult(of: "an operation", result)
        }
    }
}

private func outcome(
    of body: @Sendable () async throws -> [UInt8], _ policy: RetryPolicy?
) async -> RunOutcome {
    let start = ContinuousClock.now
    do {
        return .value(try await body()[...])
    } catch let error as TerminalError {
        return .failure(error.failure)
    } catch {
        return .retryable(
            AttemptFailure(message: text(of: error)), policy: policy,
            elapsed: ContinuousClock.now - start)
    }
}
