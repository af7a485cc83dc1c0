internal import Synchronization

/// Whether somebody still waits for a query's answer. Told from another thread.
package final class QueryCancellation: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package init() {}

    package func cancel() { flag.store(true, ordering: .relaxed) }
}

/// What one query may take: bytes that it makes and holds, steps, time. Everything in a query that
/// can grow is counted here, so that no text of a query keeps a thread or fills the memory, and none goes on that nobody waits for.
final class QueryBudget {
    let limits: QueryLimits
    private let cancellation: QueryCancellation
    private let deadline: ContinuousClock.Instant
    private var bytes = 0
    private var steps = 0
    private var nextLook = 0

    init(_ limits: QueryLimits, _ cancellation: QueryCancellation = QueryCancellation()) {
        self.limits = limits
        self.cancellation = cancellation
        deadline = .now + limits.time
    }

    /// Counts a table's row, which may be a dear one: each time the clock is looked at.
    func row() throws {
        nextLook = 0
        try work()
    }

    /// Counts characters or whatever is gone through.
    func work(_ count: Int = 1) throws {
        steps &+= count
        if steps >= nextLook {
            nextLook = steps + 4096
            if cancellation.isCancelled { throw QueryError.execution("nobody waits any more") }
            guard ContinuousClock.now < deadline else {
                throw QueryError.bound("the query takes longer than \(limits.time)")
            }
        }
    }

    /// Counts what is made or kept. It stays counted until the query ends.
    func hold(_ count: Int) throws {
        bytes += count
        guard bytes <= limits.memory else {
            throw QueryError.bound(
                "the query makes or keeps more than \(limits.memory) bytes; ask for less, or for it "
                    + "in parts")
        }
    }

    /// A text or list that is made.
    func made(_ count: Int) throws {
        guard count <= limits.value else {
            throw QueryError.bound("a value of more than \(limits.value) bytes")
        }
        try hold(count)
        try work(count / 64 + 1)
    }
}
