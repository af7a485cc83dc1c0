/// A worker pool has the threads of strands, whose work would hold an event loop up. A thread starts when
/// there is work, and ends when there has been none for a while.
///
/// As many strands run at once as there are cores for them. If none of those lets another one have its
/// turn for a while, one more may run: a strand that blocks or computes for long does not hold up the
/// others for ever.
///
/// `@unchecked Sendable`: `state` is touched under the monitor only.
package final class WorkerPool: @unchecked Sendable {
    private struct State {
        var ready: ArraySlice<Strand> = []
        var threads = 0
        var running = 0
        var idle = 0
        /// Idle threads that look whether `ready` moves on.
        var watching = 0
        /// When a strand was last given a thread.
        var lastTaken: UInt64 = 0
        var isStopping = false
        var atEnd: [@Sendable () -> Void] = []
    }

    /// Strands that run at once while they are quick about it.
    private let width: Int
    private let monitor = Monitor()
    /// Signalled when a strand is ready, or the pool stops.
    private let news = Condition()
    private var state = State()

    /// The most threads. More would be a sign that handlers block, and each takes a stack.
    package static let threadLimit = 64
    /// How long a ready strand waits for those that run, before one more thread is used: longer than
    /// a computation that a request can well contain, shorter than what a user would notice.
    private static let patience: Duration = .milliseconds(10)
    /// A thread without work ends after this time: long enough for the next burst to find it.
    private static let idleTime: Duration = .seconds(10)

    package init(width: Int) { self.width = max(1, width) }

    /// A strand would get a thread, and a core, at once.
    package var hasRoom: Bool { monitor.withLock { state.ready.isEmpty && state.running < width } }

    /// No strand has anything to run.
    package var isQuiet: Bool { monitor.withLock { state.ready.isEmpty && state.running == 0 } }

    func submit(_ strand: Strand) {
        monitor.withLock {
            state.ready.append(strand)
            summon()
        }
    }

    /// Waits until no strand has anything left to run, and the threads have ended. A strand that comes
    /// back later still runs.
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

    /// Has a thread look at the ready strands. With the lock.
    private func summon() {
        if state.ready.isEmpty { return }
        if state.idle > 0 {
            // A watching thread wakes soon enough by itself, unless a core is free now.
            if state.running < width || state.watching == 0 { news.signal() }
        } else if state.threads < Self.threadLimit {
            startThread()
        }
    }

    private func startThread() {
        state.threads += 1
        let code = Threads.start { [self] in work() }
        if code == 0 { return }
        // The system has no thread left: those that exist go on, and without any nothing could.
        state.threads -= 1
        precondition(state.threads > 0, "no thread for a handler: error \(code)")
    }

    private func work() {
        monitor.lock()
        while waitForWork() {
            guard let strand = state.ready.popFirst() else { continue }
            if state.ready.isEmpty { state.ready = [] }  // Or the slice would keep its past.
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

    /// True when this thread is to take a strand, false when it is to end. With the lock.
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

    /// False when nothing has happened until then.
    private func wait(until deadline: UInt64) -> Bool {
        state.idle += 1
        defer { state.idle -= 1 }
        return news.wait(monitor, until: deadline)
    }
}
