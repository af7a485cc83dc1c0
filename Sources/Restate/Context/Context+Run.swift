import RestateMachine
import RestateProtocol

extension Context {
    /// Runs a step once and keeps its result: calls to the outside, clocks, randomness.
    ///
    /// On a replay the closure is not run; the kept result is given again. It runs on a thread of its
    /// own for as long as it needs one, so that it may block: up to 64 closures of the process do at
    /// the same time (``Endpoint/runThreads(_:)``), and the next ones wait. It cannot use the context.
    ///
    /// ```swift
    /// let receipt = try await ctx.run("charge") { try await gateway.charge(order) }
    /// ```
    /// - Parameters:
    ///   - name: shown with the journal, and compared on a replay.
    ///   - retry: how an ordinary error is retried; by default without end, as the server decides. A
    ///     ``RetryableError`` says itself when, and a ``PauseError`` stops the invocation.
    /// - Throws: the terminal error that the closure threw, or that its last retry ended with.
    @discardableResult
    public nonisolated(nonsending) func run<Value: Codable & Sendable>(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let site = CallSite(fileID: fileID, line: line)
        let bytes: @Sendable () async throws -> [UInt8] = {
            try encoded(await body(), for: operation(name), at: site)
        }
        let id = invocation.issue { try begin(name, retry, site, bytes) }
        let result = try await invocation.result(.completion(id), at: site)
        return try Self.json(result, of: name, at: site)
    }

    /// Runs a step without a result once.
    public nonisolated(nonsending) func run(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let site = CallSite(fileID: fileID, line: line)
        let bytes: @Sendable () async throws -> [UInt8] = {
            try await body()
            return []
        }
        let id = invocation.issue { try begin(name, retry, site, bytes) }
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
        let bytes: @Sendable () async throws -> [UInt8] = {
            try encoded(await body(), for: operation(name), at: site)
        }
        return future(at: site, { try begin(name, retry, site, isStarted: true, bytes) }) {
            try Self.json($0, of: name, at: site)
        }
    }

    /// Starts a step without a result and gives its future.
    public func start(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) -> DurableFuture<Void> {
        let site = CallSite(fileID: fileID, line: line)
        let bytes: @Sendable () async throws -> [UInt8] = {
            try await body()
            return []
        }
        return future(at: site, { try begin(name, retry, site, isStarted: true, bytes) }) {
            try Self.nothing($0)
        }
    }

    /// Issues the run and keeps its closure, unless the journal has its result already.
    private func begin(
        _ name: String, _ retry: RunRetryPolicy?, _ site: CallSite, isStarted: Bool = false,
        _ body: @escaping @Sendable () async throws -> [UInt8]
    ) throws(AttemptEndCause) -> UInt32 {
        let run = try invocation.machine.run(name: name, at: site)
        guard !run.isReplayed else { return run.completionID }
        let closure = RunClosure(
            name: name, site: site, policy: retry?.machinePolicy,
            limit: invocation.messageLimit, errors: invocation.errors, log: log,
            body: hooked(rehearsed(body, name, run.completionID), name))
        if isStarted {
            invocation.keepStarted({ await closure.outcome() }, for: run.completionID)
        } else {
            invocation.keep({ await closure.outcome() }, for: run.completionID)
        }
        return run.completionID
    }

    /// The closure, or what a rehearsal does in its place.
    private func rehearsed(
        _ body: @escaping @Sendable () async throws -> [UInt8], _ name: String, _ id: UInt32
    ) -> @Sendable () async throws -> [UInt8] {
        guard let rehearsal = invocation.rehearsal else { return body }
        let run = RehearsedRun(
            invocation: invocation.machine.input.debugID, service: invocation.target.service,
            handler: invocation.target.handler, name: name, id: id)
        return { try await rehearsal.execute(run, body) }
    }

    /// The closure with the hooks around it, if there are any.
    private func hooked(
        _ body: @escaping @Sendable () async throws -> [UInt8], _ name: String
    ) -> @Sendable () async throws -> [UInt8] {
        guard let hooks = invocation.hooks else { return body }
        let info = invocation.info
        return { try await hooks.run(name, info, body) }
    }

    /// The result of a run. If it is of another type than the code says by now, the error tells which
    /// run that was.
    private static func json<Value: Decodable>(
        _ result: NotificationResult, of name: String, at site: CallSite
    ) throws -> Value {
        do {
            return try json(result)
        } catch let error as DecodingError {
            throw OperationError(operation(name), at: site, error)
        }
    }

    static func json<Value: Decodable>(_ result: NotificationResult) throws -> Value {
        switch result {
        case .value(let bytes): return try Payload.decode(bytes)
        case .failure(let failure): throw TerminalError(failure)
        case .void: return try Payload.decode([])
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

private func operation(_ name: String) -> String { "run \"\(name)\"" }

/// The closure of a run, with what its failures say of it.
private struct RunClosure: Sendable {
    let name: String
    let site: CallSite
    let policy: RunRetry?
    /// Bytes of its result.
    let limit: Int
    let errors: ErrorRules
    let log: InvocationLogger
    let body: @Sendable () async throws -> [UInt8]

    func outcome() async -> RunOutcome {
        let start = ContinuousClock.now
        do {
            let bytes = try await InvocationLogger.$current.withValue(log) { try await body() }
            guard bytes.count <= limit else {
                throw OperationError(
                    operation(name), at: site, TooLarge(size: bytes.count, limit: limit))
            }
            return .value(bytes[...])
        } catch {
            let isInjected = error is InjectedFailure && policy == nil
            let error = (error as? InjectedFailure)?.error ?? error
            switch errors.meaning(of: error, at: "\(operation(name)) at \(site)") {
            case .terminal(let error):
                return .failure(error.failure)
            case .failure(var failure):
                if isInjected { failure.nextRetryDelay = InjectedFailure.delay }
                return .retryable(
                    failure, policy: policy, elapsed: ContinuousClock.now - start)
            }
        }
    }
}

/// A result that no server takes.
private struct TooLarge: Error, CustomStringConvertible {
    let size: Int
    let limit: Int

    var description: String {
        "a result of \(size) bytes; a server takes at most \(limit)."
    }
}
