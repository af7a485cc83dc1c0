internal import Synchronization

/// Whether the client of a query has gone. It is set from another thread.
package final class QueryCancellation: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package init() {}

    package func cancel() { flag.store(true, ordering: .relaxed) }
}

/// What one query may use: bytes, steps and time. Everything in a query that can grow is counted
/// here, so that no query keeps a thread busy or fills the memory, and none goes on after its
/// client has gone.
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

    /// Counts a row of a table. Producing one can be expensive, so the clock is read each time.
    func row() throws {
        nextLook = 0
        try work()
    }

    /// Counts steps, such as characters or rows that are processed. The clock is read every few
    /// thousand.
    func work(_ count: Int = 1) throws {
        steps &+= count
        if steps >= nextLook {
            nextLook = steps + 4096
            if cancellation.isCancelled { throw QueryError.execution("the client has gone") }
            guard ContinuousClock.now < deadline else {
                throw QueryError.bound("the query takes longer than \(limits.time)")
            }
        }
    }

    /// Counts bytes that are made or kept. They stay counted until the query ends, because nothing
    /// tells when they are freed.
    func hold(_ count: Int) throws {
        bytes += count
        guard bytes <= limits.memory else {
            throw QueryError.bound(
                "the query makes or keeps more than \(limits.memory) bytes; ask for less, or for it "
                    + "in parts")
        }
    }

    /// Counts a text or list that is made, whose size also has a limit of its own.
    func made(_ count: Int) throws {
        guard count <= limits.value else {
            throw QueryError.bound("a value of more than \(limits.value) bytes")
        }
        try hold(count)
        try work(count / 64 + 1)
    }
}
