import RestateMachine
import RestateProtocol

/// The name of a workflow's promise, with the type of its value.
public struct PromiseKey<Value: Codable & Sendable>: Sendable {
    public let name: String

    public init(_ name: String) {
        self.name = name
    }
}

extension SharedWorkflowContext {
    /// The future of a promise: completed once, by any handler of the workflow.
    public func promise<Value>(
        _ key: PromiseKey<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        let site = CallSite(fileID: fileID, line: line)
        return future(
            at: site, { try invocation.machine.getPromise(key.name, at: site) },
            { try Self.json($0) })
    }

    /// The value of a promise if it is completed, else nil.
    /// - Throws: the terminal error that it was rejected with.
    public nonisolated(nonsending) func peek<Value>(
        _ key: PromiseKey<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Value? {
        try await startPeek(key, fileID: fileID, line: line).value
    }

    /// Peeks at a promise and gives the future of what ``peek(_:fileID:line:)`` gives.
    public func startPeek<Value>(
        _ key: PromiseKey<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value?> {
        let site = CallSite(fileID: fileID, line: line)
        return future(at: site, { try invocation.machine.peekPromise(key.name, at: site) }) {
            if case .void = $0 { return nil }
            return try Self.json($0)
        }
    }

    /// Completes a promise with a value.
    /// - Throws: a terminal error if it was completed before: the first one wins.
    public nonisolated(nonsending) func resolve<Value>(
        _ key: PromiseKey<Value>, with value: Value,
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws {
        let site = CallSite(fileID: fileID, line: line)
        let bytes = try encoded(value, for: "complete promise \"\(key.name)\"", at: site)
        try await complete(key.name, .value(bytes[...]), site)
    }

    /// Completes a promise with a terminal error.
    /// - Throws: a terminal error if it was completed before: the first one wins.
    public nonisolated(nonsending) func reject<Value>(
        _ key: PromiseKey<Value>, _ error: TerminalError,
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws {
        try await complete(
            key.name, .failure(error.failure), CallSite(fileID: fileID, line: line))
    }

    private nonisolated(nonsending) func complete(
        _ name: String, _ result: ValueOrFailure, _ site: CallSite
    ) async throws {
        let id = invocation.issue {
            try invocation.machine.completePromise(name, result, at: site)
        }
        try await Self.nothing(invocation.result(.completion(id), at: site))
    }
}
