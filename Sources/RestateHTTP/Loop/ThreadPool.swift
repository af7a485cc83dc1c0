import Primitives

/// A task executor for work that may block. It grows while all its threads are busy, up to a limit,
/// and shrinks when they are idle.
///
/// At first as many threads work as there are cores. When work waits and none was begun for a
/// millisecond, all running jobs are assumed to block and do not count any more until they end. So
/// many short jobs share few threads, while each blocking job has one of its own and does not delay
/// the others.
///
/// `@unchecked Sendable`: everything but the constants is touched with the monitor's lock only.
package final class ThreadPool: TaskExecutor, @unchecked Sendable {
    /// The most threads.
    package let limit: Int
    private let soon: Int
    private let idleTime: Duration

    /// How long no job must begin, while some wait, before another thread is started.
    private static let patience = Duration.milliseconds(1)
    /// The watcher pauses after this many looks in a row that find nothing waiting.
    private static let quietLooks = 100

    /// A job, and the executor that it knows.
    private struct Job {
        let job: UnownedJob
        let executor: UnownedTaskExecutor
    }

    private final class Worker {
        let wakeup = Condition()
        var isWoken = false
    }

    private let monitor = Monitor()
    private let watcher = Condition()
    private var waiting: [Job] = []
    private var next = 0
    /// The idle threads. The last one is woken first, so that superfluous threads reach their idle
    /// time and end.
    private var idle: [Worker] = []
    private var threads = 0
    /// The threads that are not idle, and those of them that are running a job.
    private var busy = 0
    private var working = 0
    /// The number of jobs that were begun.
    private var begun: UInt64 = 0
    /// Jobs up to this number are assumed to block, and `stuck` of them have not ended.
    private var stuckUntil: UInt64 = 0
    private var stuck = 0
    private var hasWatcher = false
    private var isWatching = false

    package init(limit: Int, idleTime: Duration = .seconds(10)) {
        self.limit = max(1, limit)
        self.idleTime = idleTime
        soon = min(max(1, limit), EventLoop.coreCount)
    }

    /// How many threads there are at the moment.
    package var threadCount: Int {
        monitor.withLock { threads }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        enqueue(UnownedJob(job), of: asUnownedTaskExecutor())
    }

    /// Runs a job of another executor, which lives as long as the job's task.
    package func enqueue(_ job: UnownedJob, of executor: UnownedTaskExecutor) {
        monitor.lock()
        waiting.append(Job(job: job, executor: executor))
        let help = busy - stuck < soon ? summon() : watch()
        monitor.unlock()
        give(help)
    }

    /// What the caller must do after releasing the lock, so that a thread takes the work.
    private enum Help {
        case nothing
        case wake(Worker)
        case startWorker
        case startWatcher
    }

    private func give(_ help: Help) {
        switch help {
        case .nothing: break
        case .wake(let worker): worker.wakeup.signal()
        case .startWorker: startWorker()
        case .startWatcher: startWatcher()
        }
    }

    /// Chooses an idle thread to wake, or a new one to start, up to the limit. Called with the
    /// lock.
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
        let isStarted = Threads.start { [self] in work() } == 0
        if isStarted { return }
        // The system has no thread left. The existing threads go on; without any, nothing could
        // run.
        monitor.lock()
        threads -= 1
        busy -= 1
        precondition(threads > 0, "no thread for work that may block")
        monitor.unlock()
    }

    private func work() {
        let worker = Worker()
        monitor.lock()
        while let job = nextJob(worker) {
            begun &+= 1
            working += 1
            let number = begun
            monitor.unlock()
            job.job.runSynchronously(on: job.executor)
            monitor.lock()
            working -= 1
            if number <= stuckUntil { stuck -= 1 }
        }
        threads -= 1
        monitor.unlock()
    }

    /// Returns the next job, or nil when the thread was idle for so long that it can end.
    private func nextJob(_ worker: Worker) -> Job? {
        while next == waiting.count {
            busy -= 1
            idle.append(worker)
            let deadline = monotonicNow() &+ idleTime.nanoseconds
            while !worker.isWoken {
                if worker.wakeup.wait(monitor, until: deadline) || worker.isWoken { continue }
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

    /// Starts or wakes the watcher. Called with the lock.
    private func watch() -> Help {
        if isWatching || busy >= limit { return .nothing }
        isWatching = true
        if hasWatcher {
            watcher.signal()
            return .nothing
        }
        hasWatcher = true
        return .startWatcher
    }

    private func startWatcher() {
        let isStarted = Threads.start { [self] in look() } == 0
        if isStarted { return }
        monitor.lock()
        hasWatcher = false
        isWatching = false
        monitor.unlock()
    }

    private func look() {
        monitor.lock()
        repeat {
            var quiet = 0
            while quiet < Self.quietLooks {
                let seen = begun
                _ = watcher.wait(monitor, until: monotonicNow() &+ Self.patience.nanoseconds)
                quiet = waiting.isEmpty ? quiet + 1 : 0
                if waiting.isEmpty || begun != seen { continue }
                stuckUntil = begun
                stuck = working
                let help = summon()
                monitor.unlock()
                give(help)
                monitor.lock()
            }
            isWatching = false
            _ = watcher.wait(monitor, until: monotonicNow() &+ idleTime.nanoseconds)
        } while isWatching
        hasWatcher = false
        monitor.unlock()
    }
}
