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
    public nonisolated(nonsending) func output<Output: Codable & Sendable>(
        of id: InvocationID<Output>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output? {
        let site = CallSite(fileID: fileID, line: line)
        let completion = invocation.issue {
            try invocation.machine.invocationOutput(.id(id.rawValue), at: site)
        }
        let result = try await invocation.result(.completion(completion), at: site)
        if case .void = result { return nil }
        return try Self.json(result)
    }

    private func attach<Output>(
        _ target: InvocationTarget, _ fileID: StaticString, _ line: UInt,
        _ decode: @escaping (NotificationResult) throws -> Output
    ) -> DurableFuture<Output> {
        let site = CallSite(fileID: fileID, line: line)
        return future(at: site, { try invocation.machine.attach(target, at: site) }, decode)
    }
}
