import RestateMachine
import RestateProtocol

// Each combinator is one wait on one tree: nothing runs in the background, and the journal's order
// decides. All give futures, so that they can be nested.
extension Context {
    /// All values, in the order of the arguments; fails as soon as one fails.
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

    /// All values, in the order of the list; fails as soon as one fails.
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

    /// The one that completes first, with its value or its error. The others are left alone.
    public func first<Value>(
        of futures: DurableFuture<Value>...,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        first(of: futures, fileID: fileID, line: line)
    }

    /// The one that completes first, with its value or its error. The others are left alone. Of an
    /// empty list none ever would: then it fails with a terminal error.
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

    /// The first one that succeeds. When all have failed, fails with the error of the last argument.
    public func firstSuccess<Value>(
        of futures: DurableFuture<Value>...,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        firstSuccess(of: futures, fileID: fileID, line: line)
    }

    /// The first one that succeeds. When all have failed, fails with the error of the last argument;
    /// of an empty list, with a terminal error of its own.
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

    /// Waits for all, and gives each one's value or error. Never fails.
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

    /// Waits for all, and gives each one's value or error. Never fails.
    public func settled<Value>(
        _ futures: [DurableFuture<Value>],
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<[Result<Value, any Error>]> {
        let nodes = futures.map(\.node)
        return combined(.allCompleted, nodes, fileID, line) { _ in
            nodes.map { outcome(of: $0) }
        }
    }

    /// The first of several futures of different types, each turned into one common type.
    /// Only the transform of the winner runs.
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

    /// What would wait for ever fails when it is awaited: a list that is empty is a caller's value, and
    /// may end this invocation only.
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

/// One possibility of ``Context/select(_:fileID:line:)``.
public struct SelectArm<Choice> {
    let node: AnyFutureNode
    let choose: () throws -> Choice

    public static func when<Value>(
        _ future: DurableFuture<Value>, _ transform: @escaping (Value) throws -> Choice
    ) -> SelectArm {
        let node = future.node
        return SelectArm(node: node) { try transform(node.result()) }
    }
}
