import RestateMachine
import RestateProtocol

extension Context {
    /// Asks an invocation to stop: it gets a terminal error with code 409 where it waits.
    public func cancel<Output>(
        _ id: InvocationID<Output>, fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt { try invocation.machine.cancelInvocation(id.rawValue, at: site) }
    }

    /// The future of the result of an invocation that runs already, or has ended.
    public func attach<Output: Codable & Sendable>(
        to id: InvocationID<Output>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Output> {
        attach(.id(id.rawValue), fileID, line) { try Self.json($0) }
    }

    /// Waits for an invocation without a result.
    public func attach(
        to id: InvocationID<Void>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Void> {
        attach(.id(id.rawValue), fileID, line) { try Self.nothing($0) }
    }

    /// The result of an invocation, as bytes.
    public func attachRaw(
        to id: String, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<[UInt8]> {
        attach(.id(id), fileID, line) {
            try PayloadCodec<[UInt8]>.raw(contentType: "*/*").decode(result: $0)
        }
    }

    /// The result of an invocation if it has ended, else nil.
    ///
    /// - Throws: the terminal error that it ended with.
    public nonisolated(nonsending) func output<Output: Codable & Sendable>(
        of id: InvocationID<Output>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output? {
        let result = try await output(.id(id.rawValue), CallSite(fileID: fileID, line: line))
        if case .void = result { return nil }
        // Of this very type: an output that is nil is there, and no missing output.
        let output: Output = try Self.json(result)
        return output
    }

    /// Whether an invocation without a result has ended: nil until then.
    ///
    /// ```swift
    /// if try await ctx.output(of: id) == nil { … }  // It still runs.
    /// ```
    /// - Throws: the terminal error that it ended with.
    public nonisolated(nonsending) func output(
        of id: InvocationID<Void>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Void? {
        let result = try await output(.id(id.rawValue), CallSite(fileID: fileID, line: line))
        if case .void = result { return nil }
        return try Self.nothing(result)
    }

    private nonisolated(nonsending) func output(
        _ target: InvocationTarget, _ site: CallSite
    ) async throws -> NotificationResult {
        let completion = invocation.issue {
            try invocation.machine.invocationOutput(target, at: site)
        }
        return try await invocation.result(.completion(completion), at: site)
    }

    private func attach<Output>(
        _ target: InvocationTarget, _ fileID: StaticString, _ line: UInt,
        _ decode: @escaping (NotificationResult) throws -> Output
    ) -> DurableFuture<Output> {
        let site = CallSite(fileID: fileID, line: line)
        return future(at: site, { try invocation.machine.attach(target, at: site) }, decode)
    }
}
