package import Primitives

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A strand runs its work one piece at a time, on whichever thread of a pool is free. What belongs
/// to a strand is confined to it, as to an event loop.
///
/// A strand has a home, which is the loop that it works for. Calls to the home are collected and
/// handed over when the strand has nothing left to run, so that one turn costs one wake-up.
///
/// `@unchecked Sendable`: other threads touch `inbox` and the constants only; everything else
/// belongs to the thread that runs the strand, and the pool's lock orders one such thread before
/// the next.
package final class Strand: Confinement, @unchecked Sendable {
    /// Work from other threads.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        /// Whether the strand waits for a thread or has one. It is true before the start, so that
        /// nothing runs yet.
        var isScheduled = true
        var isStarted = false
    }

    package let home: EventLoop
    private let pool: WorkerPool
    private let inbox = Locked(Inbox())
    private var jobs: [UnownedJob] = []
    private var calls: [@Sendable () -> Void] = []
    private var outbox: [@Sendable () -> Void] = []
    private var observers: [any TurnObserver] = []

    /// The number of rounds before the thread is given to other strands, so that a task that yields
    /// again and again does not keep it.
    private static let rounds = 16

    package init(_ pool: WorkerPool, home: EventLoop) {
        self.pool = pool
        self.home = home
    }

    /// Starts the strand. Work that was submitted before waits until then. Called once.
    package func start() {
        inbox.withLock { $0.isStarted = true }
        pool.submit(self)
    }

    package var isCurrent: Bool {
        pthread_getspecific(currentStrand) == Unmanaged.passUnretained(self).toOpaque()
    }

    package var allowsAccess: Bool { isCurrent || inbox.withLock { !$0.isStarted } }

    // MARK: Work from tasks and other threads

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { return jobs.append(job) }
        leave { $0.jobs.append(job) }
    }

    package func execute(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { return calls.append(body) }
        leave { $0.calls.append(body) }
    }

    private func leave(_ add: (inout Inbox) -> Void) {
        let wasScheduled = inbox.withLock { inbox in
            add(&inbox)
            defer { inbox.isScheduled = true }
            return inbox.isScheduled
        }
        if !wasScheduled { pool.submit(self) }
    }

    // MARK: On the strand

    /// Runs `body` on the home loop, together with everything else that this turn has for it.
    package func post(_ body: @escaping @Sendable () -> Void) {
        assertAccess()
        outbox.append(body)
    }

    package func atTurnEnd(_ observer: any TurnObserver) {
        assertAccess()
        observers.append(observer)
    }

    /// Whoever runs here has been found to compute, or is not known yet.
    package var isWatched: Bool { true }

    package func timer(
        after delay: Duration, _ body: @escaping () -> Void
    ) -> any ConfinedTimer {
        let timer = StrandTimer(self, body)
        post { timer.begin(after: delay) }
        return timer
    }

    // MARK: For the pool

    /// Runs what can run. The pool calls it on one thread at a time.
    func run() {
        pthread_setspecific(currentStrand, Unmanaged.passUnretained(self).toOpaque())
        let isEmptied = runAll()
        pthread_setspecific(currentStrand, nil)
        // Otherwise another thread may already have the strand, so nothing of it may be touched.
        if !isEmptied { pool.submit(self) }
    }

    private func runAll() -> Bool {
        for _ in 0..<Self.rounds {
            inbox.withLock { inbox in
                jobs.append(contentsOf: inbox.jobs)
                calls.append(contentsOf: inbox.calls)
                inbox.jobs.removeAll(keepingCapacity: true)
                inbox.calls.removeAll(keepingCapacity: true)
            }
            runCalls()
            runJobs()
            if !jobs.isEmpty || !calls.isEmpty { continue }
            endTurn()
            let isEmptied = inbox.withLock { inbox in
                if !inbox.jobs.isEmpty || !inbox.calls.isEmpty { return false }
                inbox.isScheduled = false
                return true
            }
            if isEmptied { return true }
        }
        endTurn()
        return false
    }

    private func runCalls() {
        let taken = calls
        calls.removeAll(keepingCapacity: true)
        for body in taken { body() }
    }

    private func runJobs() {
        let executor = asUnownedTaskExecutor()
        let taken = jobs
        jobs.removeAll(keepingCapacity: true)
        for job in taken { job.runSynchronously(on: executor) }
    }

    private func endTurn() {
        let listeners = observers
        observers.removeAll(keepingCapacity: true)
        for observer in listeners { observer.turnEnded() }
        if outbox.isEmpty { return }
        home.execute(all: outbox)
        outbox = []
    }
}

/// A timer of a strand, which uses the timers of its home.
///
/// `@unchecked Sendable`: `body` belongs to the strand, `timer` to its home.
private final class StrandTimer: ConfinedTimer, @unchecked Sendable {
    private let strand: Strand
    private var body: (() -> Void)?
    private var timer: LoopTimer?

    init(_ strand: Strand, _ body: @escaping () -> Void) {
        self.strand = strand
        self.body = body
    }

    func begin(after delay: Duration) {
        strand.home.assertAccess()
        timer = strand.home.schedule(after: delay) { [self] in
            timer = nil
            strand.execute { [self] in
                let body = body
                self.body = nil
                body?()
            }
        }
    }

    func cancel() {
        strand.assertAccess()
        if body == nil { return }
        body = nil
        strand.post { [self] in
            timer?.cancel()
            timer = nil
        }
    }
}

/// The thread-local key of the strand that a thread runs.
private let currentStrand: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
}()
