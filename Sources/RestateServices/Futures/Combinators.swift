import RestateMachine
import RestateProtocol

// Each combinator is one wait on one tree. Nothing runs in the background, and the order of the
// journal decides which future completes first. Combinators return futures, so they can be nested.
extension Context {
    /// Returns a future of all values, in the order of the arguments. It fails as soon as one of
    /// them fails.
    ///
    /// ```swift
    /// let (receipt, address) = try await ctx.all(charge, lookUp).value
    /// ```
    public func all<each Value>(
        _ futures: repeat DurableFuture<each Value>,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<(repeat each Value)> {
        let nodes = (repeat (each futures).node)
        var children: [AnyFutureNode] = []
        repeat children.append(each nodes)
        return combined(.allSucceededOrFirstFailed, children, fileID, line) { failed in
            if let failed { try children[failed].rethrow() }
            return (repeat try (each nodes).result())
        }
    }

    /// Returns a future of all values, in the order of the list. It fails as soon as one of them
    /// fails.
    public func all<Value>(
        _ futures: [DurableFuture<Value>],
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<[Value]> {
        let nodes = futures.map(\.node)
        return combined(.allSucceededOrFirstFailed, nodes, fileID, line) { failed in
            if let failed { try nodes[failed].rethrow() }
            return try nodes.map { try $0.result() }
        }
    }

    /// Returns a future that completes with the first future that completes, by its value or its
    /// error. The other futures are not cancelled.
    public func first<Value>(
        of futures: DurableFuture<Value>...,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        first(of: futures, fileID: fileID, line: line)
    }

    /// Returns a future that completes with the first future that completes, by its value or its
    /// error. The other futures are not cancelled. For an empty list it fails with a terminal
    /// error, because it could never complete.
    public func first<Value>(
        of futures: [DurableFuture<Value>],
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        let nodes = futures.map(\.node)
        guard !nodes.isEmpty else { return nothing("first(of:)", fileID, line) }
        return combined(.firstCompleted, nodes, fileID, line) { winner in
            try nodes[winner ?? 0].result()
        }
    }

    /// Returns a future of the first value. If all futures fail, it fails with the error of the
    /// last argument.
    public func firstSuccess<Value>(
        of futures: DurableFuture<Value>...,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        firstSuccess(of: futures, fileID: fileID, line: line)
    }

    /// Returns a future of the first value. If all futures fail, it fails with the error of the
    /// last one; for an empty list it fails with a terminal error of its own.
    public func firstSuccess<Value>(
        of futures: [DurableFuture<Value>],
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        let nodes = futures.map(\.node)
        guard !nodes.isEmpty else { return nothing("firstSuccess(of:)", fileID, line) }
        return combined(.firstSucceededOrAllFailed, nodes, fileID, line) { winner in
            try nodes[winner ?? nodes.count - 1].result()
        }
    }

    /// Returns a future of the outcomes of all futures, each a value or an error. It never fails.
    public func settled<each Value>(
        _ futures: repeat DurableFuture<each Value>,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<(repeat Result<each Value, any Error>)> {
        let nodes = (repeat (each futures).node)
        var children: [AnyFutureNode] = []
        repeat children.append(each nodes)
        return combined(.allCompleted, children, fileID, line) { _ in
            (repeat outcome(of: each nodes))
        }
    }

    /// Returns a future of the outcomes of all futures, each a value or an error. It never fails.
    public func settled<Value>(
        _ futures: [DurableFuture<Value>],
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<[Result<Value, any Error>]> {
        let nodes = futures.map(\.node)
        return combined(.allCompleted, nodes, fileID, line) { _ in
            nodes.map { outcome(of: $0) }
        }
    }

    /// Waits for the first of several futures of different types. Each arm converts its value to
    /// one common type, and only the winner's conversion runs.
    ///
    /// ```swift
    /// switch try await ctx.select(.when(paid, Event.paid), .when(late) { .timedOut }) { … }
    /// ```
    public nonisolated(nonsending) func select<Choice>(
        _ arms: SelectArm<Choice>..., fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Choice {
        let nodes = arms.map(\.node)
        guard !nodes.isEmpty else { return try await nothing("select", fileID, line).value }
        let winner = combined(.firstCompleted, nodes, fileID, line) { $0 ?? 0 }
        return try arms[try await winner.value].choose()
    }

    private func combined<Value>(
        _ combinator: Combinator, _ children: [AnyFutureNode],
        _ fileID: StaticString, _ line: UInt, _ assemble: @escaping (Int?) throws -> Value
    ) -> DurableFuture<Value> {
        DurableFuture(
            CombinedNode(combinator, children, assemble), invocation,
            CallSite(fileID: fileID, line: line))
    }

    /// Returns a future that fails when it is awaited. A trap would end the whole process, although
    /// a list that is empty may come from a caller and must end only this invocation.
    private func nothing<Value>(
        _ operation: String, _ fileID: StaticString, _ line: UInt
    ) -> DurableFuture<Value> {
        let site = CallSite(fileID: fileID, line: line)
        let error = TerminalError(
            "'\(operation)' at \(fileID):\(line) has no futures to wait for, so it would wait for ever"
        )
        return DurableFuture(FailedNode(error), invocation, site)
    }
}

private func outcome<Value>(of node: FutureNode<Value>) -> Result<Value, any Error> {
    Result { try node.result() }
}

/// An arm is one alternative of ``Context/select(_:fileID:line:)``.
public struct SelectArm<Choice> {
    let node: AnyFutureNode
    let choose: () throws -> Choice

    /// Makes an arm. If its future wins, `transform` makes the result of its value, and if it fails,
    /// its error is thrown.
    public static func when<Value>(
        _ future: DurableFuture<Value>, _ transform: @escaping (Value) throws -> Choice
    ) -> SelectArm {
        let node = future.node
        return SelectArm(node: node) { try transform(node.result()) }
    }
}
