import Primitives

/// The threads on which strands run. A thread is started when there is work, and ends after a while
/// without any.
///
/// As many strands run at once as there are cores for them. If none of those ends its turn for a
/// while, one more may run, so that a strand that blocks or computes for long does not delay the
/// others without limit.
///
/// `@unchecked Sendable`: `state` is touched with the monitor's lock only.
package final class WorkerPool: @unchecked Sendable {
    private struct State {
        var ready: ArraySlice<Strand> = []
        var threads = 0
        var running = 0
        var idle = 0
        /// The idle threads that check whether ready strands get their turn.
        var watching = 0
        /// When a strand was last given a thread.
        var lastTaken: UInt64 = 0
        var isStopping = false
        var atEnd: [@Sendable () -> Void] = []
    }

    /// The number of strands that run at once as long as each is quick.
    private let width: Int
    private let monitor = Monitor()
    /// Signalled when a strand is ready, and when the pool stops.
    private let news = Condition()
    private var state = State()

    /// The most threads. Needing more would mean that handlers block, and each thread takes memory
    /// for a stack.
    package static let threadLimit = 64
    /// How long a ready strand waits for the running ones before one more thread is used: longer
    /// than an ordinary computation of a request, and shorter than a user would notice.
    private static let patience: Duration = .milliseconds(10)
    /// A thread without work ends after this time: long enough for the next burst to find it.
    private static let idleTime: Duration = .seconds(10)

    package init(width: Int) { self.width = max(1, width) }

    /// Whether another strand would get a thread and a core at once.
    package var hasRoom: Bool { monitor.withLock { state.ready.isEmpty && state.running < width } }

    /// Whether no strand has anything to run.
    package var isQuiet: Bool { monitor.withLock { state.ready.isEmpty && state.running == 0 } }

    func submit(_ strand: Strand) {
        monitor.withLock {
            state.ready.append(strand)
            summon()
        }
    }

    /// Waits until no strand has anything left to run and the threads have ended. A strand that
    /// gets work later still runs.
    package func stopped() async {
        await withCheckedContinuation { continuation in
            let isRunning = monitor.withLock {
                state.isStopping = true
                news.broadcast()
                if state.threads > 0 { state.atEnd.append { continuation.resume() } }
                return state.threads > 0
            }
            if !isRunning { continuation.resume() }
        }
    }

    // MARK: Threads

    /// Has a thread look at the ready strands. Called with the lock.
    private func summon() {
        if state.ready.isEmpty { return }
        if state.idle > 0 {
            // A watching thread wakes up in time by itself, unless a core is free now.
            if state.running < width || state.watching == 0 { news.signal() }
        } else if state.threads < Self.threadLimit {
            startThread()
        }
    }

    private func startThread() {
        state.threads += 1
        let code = Threads.start { [self] in work() }
        if code == 0 { return }
        // The system has no thread left. The existing threads go on; without any, nothing could
        // run.
        state.threads -= 1
        precondition(state.threads > 0, "no thread for a handler: error \(code)")
    }

    private func work() {
        monitor.lock()
        while waitForWork() {
            guard let strand = state.ready.popFirst() else { continue }
            if state.ready.isEmpty { state.ready = [] }  // A slice keeps its past.
            state.lastTaken = monotonicNow()
            state.running += 1
            summon()
            monitor.unlock()
            strand.run()
            monitor.lock()
            state.running -= 1
        }
        state.threads -= 1
        let listeners = state.threads == 0 ? state.atEnd : []
        if state.threads == 0 { state.atEnd = [] }
        monitor.unlock()
        for body in listeners { body() }
    }

    /// Returns true when this thread should take a strand, and false when it should end. Called
    /// with the lock.
    private func waitForWork() -> Bool {
        while true {
            if state.ready.isEmpty {
                if state.isStopping { return false }
                if !wait(until: monotonicNow() &+ Self.idleTime.nanoseconds), state.ready.isEmpty {
                    return false
                }
            } else {
                let overdue = state.lastTaken &+ Self.patience.nanoseconds
                if state.running < width || monotonicNow() >= overdue { return true }
                state.watching += 1
                _ = wait(until: overdue)
                state.watching -= 1
            }
        }
    }

    /// Returns false if nothing was signalled until the deadline.
    private func wait(until deadline: UInt64) -> Bool {
        state.idle += 1
        defer { state.idle -= 1 }
        return news.wait(monitor, until: deadline)
    }
}
