import RestateMachine
import RestateProtocol

/// Names a workflow's promise. Its type parameter is the type of the value.
public struct PromiseKey<Value: Codable & Sendable>: Sendable {
    /// The name of the promise, unique within the workflow.
    public let name: String
    let format: Format?

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - name: of the promise. Two keys of one name are one promise.
    ///   - format: of the value; nil for that of the handler that uses the key.
    public init(_ name: String, format: Format? = nil) {
        self.name = name
        self.format = format
    }
}

extension SharedWorkflowContext {
    /// Returns the future of a promise. Any handler of the workflow can complete it, once.
    public func promise<Value>(
        _ key: PromiseKey<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        let site = CallSite(fileID: fileID, line: line)
        return future(
            at: site, { try invocation.machine.getPromise(key.name, at: site) },
            { try Self.value($0, key.format, $1) })
    }

    /// Returns the value of a promise, or nil if it is not completed.
    /// - Throws: the terminal error with which the promise was rejected.
    public nonisolated(nonsending) func peek<Value>(
        _ key: PromiseKey<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Value? {
        try await startPeek(key, fileID: fileID, line: line).value
    }

    /// Returns the future of what ``peek(_:fileID:line:)`` returns.
    public func startPeek<Value>(
        _ key: PromiseKey<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value?> {
        let site = CallSite(fileID: fileID, line: line)
        return future(at: site, { try invocation.machine.peekPromise(key.name, at: site) }) {
            if case .void = $0 { return nil }
            return try Self.value($0, key.format, $1) as Value
        }
    }

    /// Completes a promise with a value.
    /// - Throws: a terminal error if the promise is completed already: the first completion wins.
    public nonisolated(nonsending) func resolve<Value>(
        _ key: PromiseKey<Value>, with value: Value,
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws {
        let site = CallSite(fileID: fileID, line: line)
        let bytes = try invocation.encoded(
            value, key.format, for: "complete promise \"\(key.name)\"", at: site)
        try await complete(key.name, .value(bytes[...]), site)
    }

    /// Completes a promise with a terminal error.
    /// - Throws: a terminal error if the promise is completed already: the first completion wins.
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
        try await Self.nothing(invocation.result(id, at: site))
    }
}
