import RestateMachine

/// Executes the closure of a run, encodes its result and classifies its errors.
typealias RunBody = @Sendable () async -> RunOutcome

/// A run that has not been executed yet.
enum KeptRun {
    /// A closure that will run in the task-locals of the code that awaits it.
    case closure(RunBody)
    /// A task that was created already and waits for its release.
    case started(Task<Void, Never>, HeldExecutor)
}

/// The threads on which the closures of runs are executed, apart from the loops.
package protocol RunThreads: TaskExecutor {
    /// Runs a job for another executor, which the job sees as its own.
    func enqueue(_ job: UnownedJob, of executor: UnownedTaskExecutor)
}

/// Runs a task on a pool, but not before `release`. A task captures the task-locals at its
/// creation, so it is created where the handler starts the run and released where the run is
/// awaited.
///
/// `@unchecked Sendable`: `enqueue` is first called while the task is created, on the thread that
/// later calls `release`. All further calls come after the release, and the pool's lock orders
/// them.
final class HeldExecutor: TaskExecutor, @unchecked Sendable {
    private let pool: any RunThreads
    private var isReleased = false
    private var held: UnownedJob?

    init(_ pool: any RunThreads) {
        self.pool = pool
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isReleased { return pool.enqueue(job, of: asUnownedTaskExecutor()) }
        held = job
    }

    /// Lets the task begin.
    func release() {
        isReleased = true
        if let job = held.take() { pool.enqueue(job, of: asUnownedTaskExecutor()) }
    }
}
