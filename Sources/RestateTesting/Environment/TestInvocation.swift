public import Restate
internal import RestateRuntime

/// An invocation that a test has started gives its id and its result, and can be cancelled and
/// killed.
public struct TestInvocation<Output>: Sendable {
    /// The id, which handlers can be given, and which other calls are attached to.
    public let id: InvocationID<Output>
    private let environment: TestEnvironment
    private let identity: InvocationIdentity
    private let name: String
    private let decode: @Sendable ([UInt8]) throws -> Output

    init(
        _ environment: TestEnvironment, _ identity: InvocationIdentity, _ name: String,
        decode: @escaping @Sendable ([UInt8]) throws -> Output
    ) {
        id = InvocationID(identity.text)
        self.environment = environment
        self.identity = identity
        self.name = name
        self.decode = decode
    }

    /// Waits for the result. Meanwhile the clock jumps from timer to timer.
    /// - Throws: the `TerminalError` with which it ended; ``HandlerFailed``; ``TestStuck``.
    public func attach() async throws -> Output {
        let (identity, name) = (identity, name)
        let outcome = try await environment.outcome(of: name) { runtime, waiter, now in
            guard runtime.attach(identity, waiter: waiter, at: now) else {
                throw TestMistake(description: "There is no invocation \(identity) of \(name).")
            }
        }
        return try outcome.decoded(decode)
    }

    /// Returns the result, or nil if the invocation has not ended.
    public func output() async throws -> Output? {
        let identity = identity
        let lookup = await environment.ask { $0.runtime.lookup(identity) }
        switch lookup {
        case .completed(let outcome): return try outcome.decoded(decode)
        case .running: return nil
        case .unreadable(let failure): throw failure
        case .unknown:
            throw TestMistake(description: "There is no invocation \(identity) of \(name).")
        }
    }

    /// Cancels the invocation. Where it waits, it gets a `TerminalError` whose `isCancellation`
    /// is true.
    public func cancel() async {
        let identity = identity
        await environment.ask { engine in engine.perform { _ = $0.cancel(identity, at: $1) } }
    }

    /// Ends the invocation and everything that it started, without running the handler again.
    public func kill() async {
        let identity = identity
        await environment.ask { engine in engine.perform { _ = $0.kill(identity, at: $1) } }
    }

    /// Returns the journal as a line for each entry, for the message of a failed test.
    public func journal() async -> [String] {
        let identity = identity
        return await environment.ask { engine in
            (engine.runtime.journal(of: identity) ?? []).map { "\(JournalLine($0))" }
        }
    }
}

extension TestEnvironment {
    /// Returns the invocation with this id.
    ///
    /// - Parameters:
    ///   - id: of any invocation of this environment.
    ///   - format: in which its handler gives its result; nil for the endpoint's.
    /// - Throws: ``TestMistake`` if the id is malformed.
    public func invocation<Output: Codable & Sendable>(
        _ id: InvocationID<Output>, format: Format? = nil
    ) throws -> TestInvocation<Output> {
        let coding = ServiceCoding(coding)
        return TestInvocation(self, try identity(id.rawValue), id.rawValue) { bytes in
            try coding.decodeOutput(bytes, in: format)
        }
    }

    /// Returns the invocation with this id, of a handler without a result.
    public func invocation(_ id: InvocationID<Void>) throws -> TestInvocation<Void> {
        TestInvocation(self, try identity(id.rawValue), id.rawValue) { _ in }
    }

    private func identity(_ text: String) throws -> InvocationIdentity {
        guard let identity = InvocationIdentity(text) else {
            throw TestMistake(description: "'\(text)' is no id of an invocation.")
        }
        return identity
    }
}
