import RestateMachine

// These overloads catch results that cannot be stored in the journal. Without them the compiler
// would choose the `run` without a result and discard the value without a warning. They are
// deprecated, not unavailable, because the compiler would pass over unavailable overloads and
// choose that `run` again.
extension Context {
    /// Refuses a result that cannot be stored in the journal, with a warning of the compiler.
    @available(
        *, deprecated,
        message:
            "the result of a run must be Codable and Sendable; if it has none, write '_ = …' in it"
    )
    @discardableResult
    public nonisolated(nonsending) func run<Value>(
        _ name: String, retry: RunRetryPolicy? = nil, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        throw UnstorableResult(run: name, type: "\(Value.self)")
    }

    /// Refuses the future of a result that cannot be stored, with a warning of the compiler.
    @available(
        *, deprecated,
        message:
            "the result of a run must be Codable and Sendable; if it has none, write '_ = …' in it"
    )
    public func start<Value>(
        _ name: String, retry: RunRetryPolicy? = nil, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Value
    ) -> DurableFuture<Value> {
        DurableFuture(
            FailedNode(UnstorableResult(run: name, type: "\(Value.self)")), invocation,
            CallSite(fileID: fileID, line: line))
    }
}

/// The error of the first call if the compiler's warning was ignored. The closure is not executed.
struct UnstorableResult: Error, CustomStringConvertible {
    var run: String
    var type: String
    var description: String {
        "The result of the run '\(run)' is of type \(type), which is not Codable and Sendable"
    }
}
