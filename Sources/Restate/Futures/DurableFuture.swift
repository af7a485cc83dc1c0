import RestateMachine
import RestateProtocol

/// A durable result that may not be there yet: of a step, a timer, a call, an awakeable.
///
/// Futures are the only concurrency of a handler. Which of several completes first is decided by
/// the journal, so that it is the same on every replay. They belong to their context, and are no
/// more Sendable than it is.
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
    /// - Throws: the terminal error that it failed with; a cancellation of this invocation.
    public nonisolated(nonsending) var value: Value {
        get async throws {
            while node.poll(invocation) == .pending {
                try await invocation.settle(node.tree, at: site)
            }
            return try node.result()
        }
    }

    /// A future that gives another value. The transform runs once, when the result is there.
    public func map<Other>(
        _ transform: @escaping (Value) throws -> Other
    ) -> DurableFuture<Other> {
        DurableFuture<Other>(MappedNode(node, transform), invocation, site)
    }

    /// A future that fails with ``TerminalError/timeout`` if this one is not there in time.
    public func orTimeout(
        _ duration: Duration, fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        let site = CallSite(fileID: fileID, line: line)
        let timer = FutureNode.leaf(
            invocation,
            { [invocation] in
                try invocation.machine.sleep(
                    until: invocation.moment(after: duration), name: "", at: site)
            }, { try Context.nothing($0) })
        return DurableFuture(TimeLimitedNode(node, timer), invocation, site)
    }
}

@available(*, unavailable)
extension DurableFuture: Sendable {}

extension Context {
    /// A future for what a command answers. If the command cannot be issued, the next wait says so.
    func future<Value>(
        at site: CallSite, _ issue: () throws -> UInt32,
        _ decode: @escaping (NotificationResult) throws -> Value
    ) -> DurableFuture<Value> {
        DurableFuture(.leaf(invocation, issue, decode), invocation, site)
    }
}

extension FutureNode {
    /// The result of a command, which is issued now.
    static func leaf(
        _ invocation: AttemptDriver, _ issue: () throws -> UInt32,
        _ decode: @escaping (NotificationResult) throws -> Value
    ) -> FutureNode<Value> {
        LeafNode(.completion(invocation.issue(issue)), decode)
    }
}
