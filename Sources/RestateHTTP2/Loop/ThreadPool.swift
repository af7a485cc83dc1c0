internal import CLinux
internal import Glibc

/// Threads for work that may block: a task executor that grows while its threads are all busy, up
/// to a limit, and shrinks when they have nothing to do.
///
/// As many threads as cores start at once. A further one starts only when work waits and nothing was
/// begun for a millisecond: so many short pieces share few threads, and each piece that blocks gets
/// one.
///
/// `@unchecked Sendable`: everything but the constants is touched under the mutex only.
package final class ThreadPool: TaskExecutor, @unchecked Sendable {
    /// No more threads than this, whatever waits.
    package let limit: Int
    private let soon: Int
    private let idleTime: Duration

    /// How long everything must stand still before another thread is started.
    private static let patience = Duration.milliseconds(1)
    /// How many such looks in a row find nothing waiting before the looking ends.
    private static let quietLooks = 100

    /// A thread, and the work that it is woken for.
    private final class Worker {
        let bell = Bell()
        var job: UnownedJob?
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let watcher = Bell()
    @exclusivity(unchecked) private var waiting: [UnownedJob] = []
    @exclusivity(unchecked) private var next = 0
    /// The one that became idle last is woken first, so that those that are not needed end.
    @exclusivity(unchecked) private var idle: [Worker] = []
    @exclusivity(unchecked) private var threads = 0
    /// Counts what was begun.
    @exclusivity(unchecked) private var begun: UInt64 = 0
    @exclusivity(unchecked) private var hasWatcher = false
    @exclusivity(unchecked) private var isWatching = false

    package init(limit: Int, idleTime: Duration = .seconds(10)) {
        self.limit = max(1, limit)
        self.idleTime = idleTime
        soon = min(max(1, limit), EventLoop.coreCount)
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    // Its threads hold it, so none of them is left.
    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// How many threads there are at the moment.
    package var threadCount: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return threads
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pthread_mutex_lock(mutex)
        if let worker = idle.popLast() {
            worker.job = job
            pthread_mutex_unlock(mutex)
            return worker.bell.ring()
        }
        waiting.append(job)
        let startsNow = threads < soon
        if startsNow { threads += 1 }
        let startsWatcher = !startsNow && watch()
        pthread_mutex_unlock(mutex)
        if startsNow { startWorker() }
        if startsWatcher { startWatcher() }
    }

    // MARK: Workers

    private func startWorker() {
        let isStarted = onThread { [self] in work() }
        if isStarted { return }
        // The machine has no more threads. Those that there are go on; the first one there must be.
        pthread_mutex_lock(mutex)
        threads -= 1
        precondition(threads > 0, "no thread for work that may block")
        pthread_mutex_unlock(mutex)
    }

    private func work() {
        let worker = Worker()
        pthread_mutex_lock(mutex)
        while let job = nextJob(worker) {
            begun &+= 1
            pthread_mutex_unlock(mutex)
            job.runSynchronously(on: asUnownedTaskExecutor())
            pthread_mutex_lock(mutex)
        }
        threads -= 1
        pthread_mutex_unlock(mutex)
    }

    /// Nil when there was nothing for so long that the thread may end.
    private func nextJob(_ worker: Worker) -> UnownedJob? {
        if next < waiting.count {
            defer {
                next += 1
                if next == waiting.count {
                    waiting.removeAll(keepingCapacity: waiting.capacity <= 1024)
                    next = 0
                }
            }
            return waiting[next]
        }
        idle.append(worker)
        let deadline = monotonicNow() &+ idleTime.nanoseconds
        while worker.job == nil {
            if worker.bell.wait(mutex, until: deadline) || worker.job != nil { continue }
            idle.removeAll { $0 === worker }
            return nil
        }
        return worker.job.take()
    }

    // MARK: The watcher, which starts further threads

    /// Sees to it that somebody looks whether the work moves. True if a thread must be started for
    /// that.
    private func watch() -> Bool {
        if isWatching || threads >= limit { return false }
        isWatching = true
        if hasWatcher {
            watcher.ring()
            return false
        }
        hasWatcher = true
        return true
    }

    private func startWatcher() {
        let isStarted = onThread { [self] in look() }
        if isStarted { return }
        pthread_mutex_lock(mutex)
        hasWatcher = false
        isWatching = false
        pthread_mutex_unlock(mutex)
    }

    private func look() {
        pthread_mutex_lock(mutex)
        repeat {
            var quiet = 0
            while quiet < Self.quietLooks {
                let seen = begun
                _ = watcher.wait(mutex, until: monotonicNow() &+ Self.patience.nanoseconds)
                quiet = waiting.isEmpty ? quiet + 1 : 0
                if waiting.isEmpty || begun != seen || threads >= limit { continue }
                threads += 1
                pthread_mutex_unlock(mutex)
                startWorker()
                pthread_mutex_lock(mutex)
            }
            isWatching = false
            _ = watcher.wait(mutex, until: monotonicNow() &+ idleTime.nanoseconds)
        } while isWatching
        hasWatcher = false
        pthread_mutex_unlock(mutex)
    }

    private func onThread(_ body: @escaping () -> Void) -> Bool {
        final class Box {
            let body: () -> Void

            init(_ body: @escaping () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let owned = Unmanaged.passRetained(Box(body))
        let code = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, owned.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            owned.release()
        }
        return code == 0
    }
}

/// A condition variable with the clock that nobody sets.
private final class Bell {
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
    }

    func ring() { pthread_cond_signal(condition) }

    /// False when the time is over.
    func wait(_ mutex: UnsafeMutablePointer<pthread_mutex_t>, until deadline: UInt64) -> Bool {
        var time = timespec(
            tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        return pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT
    }
}
