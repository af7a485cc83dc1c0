import RestateMachine

// Results that no journal can keep. Without these two the compiler would take the closure for one
// without a result, and lose it in silence. They are deprecated and not unavailable, because then it
// would prefer that one again.
extension Context {
    @available(
        *, deprecated,
        message:
            "the result of a run must be Codable and Sendable; if it has none, write '_ = …' in it"
    )
    @discardableResult
    public nonisolated(nonsending) func run<Value>(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        throw UnstorableResult(run: name, type: "\(Value.self)")
    }

    @available(
        *, deprecated,
        message:
            "the result of a run must be Codable and Sendable; if it has none, write '_ = …' in it"
    )
    public func start<Value>(
        _ name: String, retry: RunRetryPolicy? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) -> DurableFuture<Value> {
        DurableFuture(
            FailedNode(UnstorableResult(run: name, type: "\(Value.self)")), invocation,
            CallSite(fileID: fileID, line: line))
    }
}

/// Whoever ignores the compiler's warning learns it at the first call, before the step is done.
struct UnstorableResult: Error, CustomStringConvertible {
    var run: String
    var type: String
    var description: String {
        "The result of the run '\(run)' is of type \(type), which is not Codable and Sendable"
    }
}
