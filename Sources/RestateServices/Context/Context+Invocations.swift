import RestateMachine
import RestateProtocol

extension Context {
    /// Cancels an invocation: where it waits, it gets a terminal error with code 409.
    public func cancel<Output>(
        _ id: InvocationID<Output>, fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt { try invocation.machine.cancelInvocation(id.rawValue, at: site) }
    }

    /// Returns the future of the result of an invocation that is running or has ended.
    ///
    /// The format is the one in which the invocation's handler gives its result; nil takes that of
    /// this handler.
    public func attach<Output: Codable & Sendable>(
        to id: InvocationID<Output>, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Output> {
        guard let format else {
            return attach(.id(id.rawValue), fileID, line) { try Self.value($0, nil, $1) }
        }
        return attach(.id(id.rawValue), fileID, line) { try Self.value($0, format, $1) }
    }

    /// Returns the future of the end of an invocation without a result.
    public func attach(
        to id: InvocationID<Void>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Void> {
        attach(.id(id.rawValue), fileID, line) { result, _ in try Self.nothing(result) }
    }

    /// Returns the future of the result of an invocation, as bytes.
    public func attachRaw(
        to id: String, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<[UInt8]> {
        attach(.id(id), fileID, line) { try Self.value($0, .bytes, $1) }
    }

    /// Returns the result of an invocation, or nil if it has not ended.
    ///
    /// The format is the one in which the invocation's handler gives its result; nil takes that of
    /// this handler.
    /// - Throws: the terminal error with which the invocation ended.
    public nonisolated(nonsending) func output<Output: Codable & Sendable>(
        of id: InvocationID<Output>, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output? {
        let result = try await output(.id(id.rawValue), CallSite(fileID: fileID, line: line))
        if case .void = result { return nil }
        // Decoded as `Output` and not as an optional, so that a stored nil is told from a missing
        // output.
        let output: Output = try Self.value(result, format, invocation.coding)
        return output
    }

    /// Returns nil until an invocation without a result has ended.
    ///
    /// ```swift
    /// if try await ctx.output(of: id) == nil { … }  // It still runs.
    /// ```
    /// - Throws: the terminal error with which the invocation ended.
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
        return try await invocation.result(completion, at: site)
    }

    private func attach<Output>(
        _ target: InvocationTarget, _ fileID: StaticString, _ line: UInt,
        _ decode: @escaping ResultDecoding<Output>
    ) -> DurableFuture<Output> {
        let site = CallSite(fileID: fileID, line: line)
        return future(at: site, { try invocation.machine.attach(target, at: site) }, decode)
    }
}
