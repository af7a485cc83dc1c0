internal import CLinux
internal import Glibc

/// Threads for work that may block: a task executor that grows while its threads are all busy, up
/// to a limit, and shrinks when they have nothing to do.
///
/// As many threads as cores work at once. When work waits and nothing was begun for a millisecond, all
/// of them are taken for stuck, and do not count until they have ended what they are at: so many short
/// pieces share few threads, each piece that blocks has one, and what comes beside it begins at once.
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

    private final class Worker {
        let bell = Bell()
        var isWoken = false
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let watcher = Bell()
    private var waiting: [UnownedJob] = []
    private var next = 0
    /// The one that became idle last is woken first, so that those that are not needed end.
    private var idle: [Worker] = []
    private var threads = 0
    /// Those that are not idle, and those of them that are at work already.
    private var busy = 0
    private var working = 0
    /// Counts what was begun.
    private var begun: UInt64 = 0
    /// What was begun by then is stuck, unless it has ended; and how much that is.
    private var stuckUntil: UInt64 = 0
    private var stuck = 0
    private var hasWatcher = false
    private var isWatching = false

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
        waiting.append(job)
        let help = busy - stuck < soon ? summon() : watch()
        pthread_mutex_unlock(mutex)
        give(help)
    }

    /// What must be done without the lock, so that there is somebody for the work.
    private enum Help {
        case nothing
        case wake(Worker)
        case startWorker
        case startWatcher
    }

    private func give(_ help: Help) {
        switch help {
        case .nothing: break
        case .wake(let worker): worker.bell.ring()
        case .startWorker: startWorker()
        case .startWatcher: startWatcher()
        }
    }

    /// One more thread, if there may be one. With the lock.
    private func summon() -> Help {
        if let worker = idle.popLast() {
            worker.isWoken = true
            busy += 1
            return .wake(worker)
        }
        if threads >= limit { return .nothing }
        threads += 1
        busy += 1
        return .startWorker
    }

    // MARK: Workers

    private func startWorker() {
        let isStarted = onThread { [self] in work() }
        if isStarted { return }
        // The machine has no more threads. Those that there are go on; the first one there must be.
        pthread_mutex_lock(mutex)
        threads -= 1
        busy -= 1
        precondition(threads > 0, "no thread for work that may block")
        pthread_mutex_unlock(mutex)
    }

    private func work() {
        let worker = Worker()
        pthread_mutex_lock(mutex)
        while let job = nextJob(worker) {
            begun &+= 1
            working += 1
            let number = begun
            pthread_mutex_unlock(mutex)
            job.runSynchronously(on: asUnownedTaskExecutor())
            pthread_mutex_lock(mutex)
            working -= 1
            if number <= stuckUntil { stuck -= 1 }
        }
        threads -= 1
        pthread_mutex_unlock(mutex)
    }

    /// Nil when there was nothing for so long that the thread may end.
    private func nextJob(_ worker: Worker) -> UnownedJob? {
        while next == waiting.count {
            busy -= 1
            idle.append(worker)
            let deadline = monotonicNow() &+ idleTime.nanoseconds
            while !worker.isWoken {
                if worker.bell.wait(mutex, until: deadline) || worker.isWoken { continue }
                idle.removeAll { $0 === worker }
                return nil
            }
            worker.isWoken = false
        }
        defer {
            next += 1
            if next == waiting.count {
                waiting.removeAll(keepingCapacity: waiting.capacity <= 1024)
                next = 0
            }
        }
        return waiting[next]
    }

    // MARK: The watcher, which starts further threads

    /// Sees to it that somebody looks whether the work moves. With the lock.
    private func watch() -> Help {
        if isWatching || busy >= limit { return .nothing }
        isWatching = true
        if hasWatcher {
            watcher.ring()
            return .nothing
        }
        hasWatcher = true
        return .startWatcher
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
                if waiting.isEmpty || begun != seen { continue }
                stuckUntil = begun
                stuck = working
                let help = summon()
                pthread_mutex_unlock(mutex)
                give(help)
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
