// Transforms that see why a future failed. They run at an await, once, when the outcome is there.
// What is no outcome of the future (a cancellation of this invocation, a result that cannot be
// read) is not theirs: it goes on.
extension DurableFuture {
    /// A future that makes a value of either outcome.
    ///
    /// ```swift
    /// let answer = call.mapResult { result in
    ///     switch result {
    ///     case .success(let seat): "booked \(seat)"
    ///     case .failure(let error): "refused: \(error.message)"
    ///     }
    /// }
    /// ```
    /// - Parameter transform: may throw a ``TerminalError``, with which the future fails then.
    public func mapResult<Other>(
        _ transform: @escaping (Result<Value, TerminalError>) throws -> Other
    ) -> DurableFuture<Other> {
        DurableFuture<Other>(ResultMappedNode(node, transform), invocation, site)
    }

    /// A future that gives a value instead of a terminal error.
    ///
    /// ```swift
    /// let seats = lookUp.recover { error in
    ///     guard error.code == 404 else { throw error }
    ///     return 0
    /// }
    /// ```
    /// - Parameter transform: may throw a ``TerminalError``, with which the future fails then.
    public func recover(
        _ transform: @escaping (TerminalError) throws -> Value
    ) -> DurableFuture<Value> {
        mapResult { result in
            switch result {
            case .success(let value): value
            case .failure(let error): try transform(error)
            }
        }
    }

    /// A future that fails with another error.
    ///
    /// ```swift
    /// let charge = call.mapError { TerminalError("The bank says: \($0.message)", code: 402) }
    /// ```
    public func mapError(
        _ transform: @escaping (TerminalError) -> any Error
    ) -> DurableFuture<Value> {
        mapResult { result in
            switch result {
            case .success(let value): value
            case .failure(let error): throw transform(error)
            }
        }
    }
}
