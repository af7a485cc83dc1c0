import RestateMachine
import RestateProtocol

extension Context {
    /// Runs a step once and stores its result in the journal. Steps are for side effects, clocks
    /// and randomness.
    ///
    /// A replay returns the stored result and does not run the closure. The closure may block,
    /// because it runs on a thread of its own. At most 64 closures of the process run at once
    /// (`Endpoint.runThreads(_:)`); further ones wait. The closure cannot use the context.
    ///
    /// ```swift
    /// let receipt = try await ctx.run("charge") { try await gateway.charge(order) }
    /// ```
    /// The name is shown with the journal, and a replay compares it. `retry` says how ordinary errors
    /// are retried; by default the server's policy decides. A ``RetryableError`` names its own delay,
    /// and a ``PauseError`` pauses the invocation. The format is that of the result; nil takes that of
    /// the handler.
    ///
    /// - Throws: the terminal error that the closure threw, or the one that follows its last retry.
    @discardableResult
    public nonisolated(nonsending) func run<Value: Codable & Sendable>(
        _ name: String, retry: RunRetryPolicy? = nil, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let site = CallSite(fileID: fileID, line: line)
        let format = format ?? invocation.coding?.format
        let run = invocation.begin(name, at: site)
        if !run.isReplayed {
            keep(run, name, retry, site, format) {
                try encoded(await body(), format, for: operation(name), at: site)
            }
        }
        let result = try await invocation.result(run.completionID, at: site)
        return try Self.value(result, format, invocation.coding, of: name, at: site)
    }

    /// Runs a step without a result once.
    public nonisolated(nonsending) func run(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let site = CallSite(fileID: fileID, line: line)
        let run = invocation.begin(name, at: site)
        if !run.isReplayed { keep(run, name, retry, site, nil, withoutResult(body)) }
        try await Self.nothing(invocation.result(run.completionID, at: site))
    }

    /// Starts a step and returns its future, so that several steps run concurrently.
    ///
    /// The closure begins when the future, or another one that contains it, is awaited. A future
    /// that is never awaited never runs.
    public func start<Value: Codable & Sendable>(
        _ name: String, retry: RunRetryPolicy? = nil, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) -> DurableFuture<Value> {
        let site = CallSite(fileID: fileID, line: line)
        let format = format ?? invocation.coding?.format
        return future(
            at: site,
            {
                let run = try invocation.machine.run(name: name, at: site)
                if !run.isReplayed {
                    keep(run, name, retry, site, format, isStarted: true) {
                        try encoded(await body(), format, for: operation(name), at: site)
                    }
                }
                return run.completionID
            },
            { try Self.value($0, format, $1, of: name, at: site) })
    }

    /// Starts a step without a result and returns its future.
    public func start(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Void
    ) -> DurableFuture<Void> {
        let site = CallSite(fileID: fileID, line: line)
        return future(
            at: site,
            {
                let run = try invocation.machine.run(name: name, at: site)
                if !run.isReplayed {
                    keep(run, name, retry, site, nil, isStarted: true, withoutResult(body))
                }
                return run.completionID
            },
            { result, _ in try Self.nothing(result) })
    }

    /// Keeps the closure of a run whose result the journal does not have. Not inlined, because a
    /// replay needs nothing of it.
    @inline(never)
    private func keep(
        _ run: RunStart, _ name: String, _ retry: RunRetryPolicy?, _ site: CallSite,
        _ format: Format?, isStarted: Bool = false,
        _ body: @escaping @Sendable () async throws -> [UInt8]
    ) {
        let closure = RunClosure(
            name: name, site: site, policy: retry?.machinePolicy,
            limit: invocation.messageLimit, errors: invocation.errors, coding: invocation.coding,
            log: log, body: hooked(rehearsed(body, name, run.completionID, format), name))
        if isStarted {
            invocation.keepStarted({ await closure.outcome() }, for: run.completionID)
        } else {
            invocation.keep({ await closure.outcome() }, for: run.completionID)
        }
    }

    /// Returns the closure, or the stand-in that a rehearsal runs.
    private func rehearsed(
        _ body: @escaping @Sendable () async throws -> [UInt8], _ name: String, _ id: UInt32,
        _ format: Format?
    ) -> @Sendable () async throws -> [UInt8] {
        guard let rehearsal = invocation.rehearsal else { return body }
        let run = RehearsedRun(
            invocation: invocation.machine.input.debugID, service: invocation.target.service,
            handler: invocation.target.handler, name: name, id: id)
        return { try await rehearsal.execute(run, format, body) }
    }

    /// Returns the closure with its hooks around it, if there are any.
    private func hooked(
        _ body: @escaping @Sendable () async throws -> [UInt8], _ name: String
    ) -> @Sendable () async throws -> [UInt8] {
        guard let hooks = invocation.hooks else { return body }
        let info = invocation.info
        return { try await hooks.run(name, info, body) }
    }

    /// Decodes the result of a run. A result that the type cannot represent any more is an error
    /// that names the run.
    private static func value<Value: Decodable & Sendable>(
        _ result: consuming NotificationResult, _ format: Format?, _ coding: ValueCoding?,
        of name: String, at site: CallSite
    ) throws -> Value {
        switch consume result {
        case .value(let bytes):
            do {
                return try Payload.decode(bytes, format, coding)
            } catch {
                throw OperationError(operation(name), at: site, error)
            }
        case let other: return try value(other, format, coding)
        }
    }

    static func value<Value: Decodable & Sendable>(
        _ result: NotificationResult, _ format: Format?, _ coding: ValueCoding?
    ) throws -> Value {
        switch result {
        case .value(let bytes): return try Payload.decode(bytes, format, coding)
        case .failure(let failure): throw TerminalError(failure)
        // Without a value there is nothing that a codec has encoded.
        case .void: return try Payload.decode([], in: format ?? coding?.format)
        case .invocationID, .stateKeys: throw UnexpectedResult(of: "an operation", result)
        }
    }

    /// Returns the node of a value that comes without a command.
    static func node<Value: Decodable & Sendable>(
        _ id: NotificationID, _ format: Format?
    ) -> LeafNode<Value> {
        guard let format else { return LeafNode(id) { try value($0, nil, $1) } }
        return LeafNode(id) { try value($0, format, $1) }
    }

    static func nothing(_ result: NotificationResult) throws {
        switch result {
        case .value, .void: return
        case .failure(let failure): throw TerminalError(failure)
        case .invocationID, .stateKeys: throw UnexpectedResult(of: "an operation", result)
        }
    }
}

/// The closure of a step without a result.
private func withoutResult(
    _ body: @escaping @Sendable () async throws -> Void
) -> @Sendable () async throws -> [UInt8] {
    {
        try await body()
        return []
    }
}

private func operation(_ name: String) -> String { "run \"\(name)\"" }

/// Executes the closure of a run and describes its failures.
private struct RunClosure: Sendable {
    let name: String
    let site: CallSite
    let policy: RunRetry?
    /// The limit for the bytes of the result.
    let limit: Int
    let errors: ErrorRules
    let coding: ValueCoding?
    let log: InvocationLogger
    let body: @Sendable () async throws -> [UInt8]

    func outcome() async -> RunOutcome {
        let start = ContinuousClock.now
        do {
            var bytes = try await InvocationLogger.$current.withValue(log) { try await body() }
            if let coding {
                bytes = try coding.applied(to: bytes, for: operation(name), at: site)
            }
            guard bytes.count <= limit else {
                throw OperationError(
                    operation(name), at: site, TooLarge(size: bytes.count, limit: limit))
            }
            return .value(bytes[...])
        } catch {
            let injected = error as? InjectedFailure
            let policy = injected?.isCounted == false ? nil : policy
            let isInjected = injected != nil && policy == nil
            let error = injected?.error ?? error
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

/// The error for a result that exceeds the message limit.
private struct TooLarge: Error, CustomStringConvertible {
    let size: Int
    let limit: Int

    var description: String {
        "a result of \(size) bytes; a server takes at most \(limit)."
    }
}
