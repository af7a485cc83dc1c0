import RestateMachine
import RestateProtocol

/// A future stands for a durable result: of a step, a timer, a call, an awakeable.
///
/// Futures are the only concurrency of a handler. The journal decides which of several completes
/// first, so the order is the same on every replay. Like their context, they are not Sendable.
public class DurableFuture<Value> {
    let node: FutureNode<Value>
    let invocation: AttemptDriver
    let site: CallSite

    init(_ node: FutureNode<Value>, _ invocation: AttemptDriver, _ site: CallSite) {
        self.node = node
        self.invocation = invocation
        self.site = site
    }

    /// Waits for the result.
    /// - Throws: the terminal error with which the future failed, or the cancellation of this
    ///   invocation.
    public nonisolated(nonsending) var value: Value {
        get async throws {
            while node.poll(invocation) == .pending {
                try await invocation.settle(node.tree, at: site)
            }
            return try node.result()
        }
    }

    /// Returns a future of another value. The transform runs once, when the result is known.
    public func map<Other>(
        _ transform: @escaping (Value) throws -> Other
    ) -> DurableFuture<Other> {
        DurableFuture<Other>(MappedNode(node, transform), invocation, site)
    }

    /// Returns a future that fails with ``TerminalError/timeout`` if this one does not complete in
    /// time.
    public func orTimeout(
        _ duration: Duration, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        let site = CallSite(fileID: fileID, line: line)
        let timer = FutureNode.leaf(
            invocation,
            { [invocation] in
                try invocation.machine.sleep(
                    until: invocation.moment(after: duration), name: "", at: site)
            }, { result, _ in try Context.nothing(result) })
        return DurableFuture(TimeLimitedNode(node, timer), invocation, site)
    }
}

@available(*, unavailable)
extension DurableFuture: Sendable {}

extension Context {
    /// Returns a future of a command's result. If the command cannot be issued, the next wait
    /// throws.
    func future<Value>(
        at site: CallSite, _ issue: () throws -> UInt32,
        _ decode: @escaping ResultDecoding<Value>
    ) -> DurableFuture<Value> {
        DurableFuture(.leaf(invocation, issue, decode), invocation, site)
    }
}

extension FutureNode {
    /// Issues a command now and returns the node of its result.
    static func leaf(
        _ invocation: AttemptDriver, _ issue: () throws -> UInt32,
        _ decode: @escaping ResultDecoding<Value>
    ) -> FutureNode<Value> {
        LeafNode(.completion(invocation.issue(issue)), decode)
    }
}
