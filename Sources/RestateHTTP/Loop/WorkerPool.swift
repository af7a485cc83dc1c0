internal import CLinux
internal import Glibc

/// Threads for what would hold an event loop up. They come when there is work, and end when there has
/// been none for a while.
///
/// As many strands run at once as there are cores for them. If none of those lets another one have its
/// turn for a while, one more may run: what blocks or computes for long holds up nobody for ever.
///
/// `@unchecked Sendable`: `state` is touched with the mutex only.
package final class WorkerPool: @unchecked Sendable {
    private struct State {
        var ready: ArraySlice<Strand> = []
        var threads = 0
        var running = 0
        var idle = 0
        /// Those of the idle that look whether `ready` moves on.
        var watching = 0
        /// When a strand was last given a thread.
        var lastTaken: UInt64 = 0
        var isStopping = false
        var atEnd: [@Sendable () -> Void] = []
    }

    /// Strands that run at once while they are quick about it.
    private let width: Int
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let news: UnsafeMutablePointer<pthread_cond_t>
    private var state = State()

    /// More would be a sign that handlers wait where they should not, and each takes a stack.
    package static let threadLimit = 64
    /// How long a ready strand waits for those that run, before one more thread is used: longer than
    /// a computation that a request can well contain, shorter than what somebody would notice.
    private static let patience: Duration = .milliseconds(10)
    /// A thread without work ends after this time: long enough for the next burst to find it.
    private static let idleTime: Duration = .seconds(10)

    package init(width: Int) {
        self.width = max(1, width)
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        news = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(news, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(news)
        news.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    private func withLock<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// A strand would get a thread, and a core, at once.
    package var hasRoom: Bool { withLock { state.ready.isEmpty && state.running < width } }

    /// No strand has anything to run.
    package var isQuiet: Bool { withLock { state.ready.isEmpty && state.running == 0 } }

    func submit(_ strand: Strand) {
        withLock {
            state.ready.append(strand)
            summon()
        }
    }

    /// Waits until no strand has anything left to run, and the threads have ended. A strand that comes
    /// back later still runs.
    package func stopped() async {
        await withCheckedContinuation { continuation in
            let isRunning = withLock {
                state.isStopping = true
                pthread_cond_broadcast(news)
                if state.threads > 0 { state.atEnd.append { continuation.resume() } }
                return state.threads > 0
            }
            if !isRunning { continuation.resume() }
        }
    }

    // MARK: Threads

    /// Sees to it that somebody looks at what is ready. With the lock.
    private func summon() {
        if state.ready.isEmpty { return }
        if state.idle > 0 {
            // Who watches is awake soon enough, unless there is a core to be used now.
            if state.running < width || state.watching == 0 { pthread_cond_signal(news) }
        } else if state.threads < Self.threadLimit {
            startThread()
        }
    }

    private func startThread() {
        state.threads += 1
        var thread = pthread_t()
        let owned = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<WorkerPool>.fromOpaque(pointer).takeRetainedValue().work()
                return nil
            }, owned)
        if code == 0 {
            pthread_detach(thread)
        } else {
            // The system has no more threads. Those that there are go on; the first one there must be.
            Unmanaged<WorkerPool>.fromOpaque(owned).release()
            state.threads -= 1
            precondition(state.threads > 0, "no thread for a handler: error \(code)")
        }
    }

    private func work() {
        pthread_mutex_lock(mutex)
        while waitForWork() {
            guard let strand = state.ready.popFirst() else { continue }
            if state.ready.isEmpty { state.ready = [] }  // Or the slice would keep its past.
            state.lastTaken = monotonicNow()
            state.running += 1
            summon()
            pthread_mutex_unlock(mutex)
            strand.run()
            pthread_mutex_lock(mutex)
            state.running -= 1
        }
        state.threads -= 1
        let told = state.threads == 0 ? state.atEnd : []
        if state.threads == 0 { state.atEnd = [] }
        pthread_mutex_unlock(mutex)
        for body in told { body() }
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
        var time = timespec()
        time.tv_sec = Int(deadline / 1_000_000_000)
        time.tv_nsec = Int(deadline % 1_000_000_000)
        state.idle += 1
        defer { state.idle -= 1 }
        return pthread_cond_timedwait(news, mutex, &time) == 0
    }
}
