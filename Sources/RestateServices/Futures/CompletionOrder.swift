import RestateMachine
import RestateProtocol

extension Context {
    /// Returns the values of futures in the order of their completion, each with the index of its
    /// future.
    ///
    /// ```swift
    /// for try await (index, answer) in ctx.inCompletionOrder(calls) {
    ///     print("The answer of \(names[index]) is \(answer)")
    /// }
    /// ```
    /// The order is that of the journal, so it is the same on every replay. A future that fails
    /// ends the loop with its error. To continue with the others, turn errors into values:
    /// `calls.map { $0.mapResult { $0 } }`.
    public func inCompletionOrder<Value>(
        _ futures: [DurableFuture<Value>],
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> CompletionOrder<Value> {
        CompletionOrder(
            nodes: futures.map(\.node), invocation: invocation,
            site: CallSite(fileID: fileID, line: line))
    }
}

/// This sequence is the result of ``Context/inCompletionOrder(_:fileID:line:)``. Each step of it is
/// one wait.
public struct CompletionOrder<Value>: AsyncSequence {
    public typealias Element = (index: Int, value: Value)
    public typealias Failure = any Error

    let nodes: [FutureNode<Value>]
    let invocation: AttemptDriver
    let site: CallSite

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            waiting: nodes.enumerated().map { ($0, $1) }, invocation: invocation, site: site)
    }

    /// Waits for the futures one after the other, in the order of their completion.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var waiting: [(index: Int, node: FutureNode<Value>)]
        let invocation: AttemptDriver
        let site: CallSite

        /// Waits for the next future that completes. It returns nil after the last one.
        /// - Throws: the error with which the future failed. The next step continues with the
        ///   others.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> Element? {
            guard !waiting.isEmpty else { return nil }
            while true {
                let ready = waiting.firstIndex { $0.node.poll(invocation) != .pending }
                if let ready {
                    let (index, node) = waiting.remove(at: ready)
                    return (index, try node.result())
                }
                let trees = waiting.map(\.node.tree)
                try await invocation.settle(.node(.firstCompleted, trees), at: site)
            }
        }
    }
}

@available(*, unavailable)
extension CompletionOrder: Sendable {}
@available(*, unavailable)
extension CompletionOrder.AsyncIterator: Sendable {}
