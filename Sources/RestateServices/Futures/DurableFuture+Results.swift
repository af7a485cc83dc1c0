// These transforms also see the terminal error of a future. They run once, at an await, when the
// outcome is known. Errors that are no outcome of the future (a cancellation of this invocation, a
// result that cannot be decoded) bypass them.
extension DurableFuture {
    /// Returns a future whose value is made from either outcome of this one.
    ///
    /// ```swift
    /// let answer = call.mapResult { result in
    ///     switch result {
    ///     case .success(let seat): "booked \(seat)"
    ///     case .failure(let error): "refused: \(error.message)"
    ///     }
    /// }
    /// ```
    /// - Parameter transform: may throw a ``TerminalError``, and the new future fails with it.
    public func mapResult<Other>(
        _ transform: @escaping (Result<Value, TerminalError>) throws -> Other
    ) -> DurableFuture<Other> {
        DurableFuture<Other>(ResultMappedNode(node, transform), invocation, site)
    }

    /// Returns a future that replaces a terminal error by a value.
    ///
    /// ```swift
    /// let seats = lookUp.recover { error in
    ///     guard error.code == 404 else { throw error }
    ///     return 0
    /// }
    /// ```
    /// - Parameter transform: may throw a ``TerminalError``, and the new future fails with it.
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

    /// Returns a future that replaces a terminal error by another one.
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
