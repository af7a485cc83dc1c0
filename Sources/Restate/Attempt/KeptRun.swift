import RestateHTTP
import RestateMachine

/// The closure of a run, with its result encoded and its errors sorted.
typealias RunBody = @Sendable () async -> RunOutcome

/// A run that nobody has waited for yet.
enum KeptRun {
    /// Runs in the task-locals of whoever waits.
    case closure(RunBody)
    /// Its task is made, and held before its first step.
    case started(Task<Void, Never>, HeldExecutor)
}

/// Runs a task on a pool, but not before it is released. So the task can be made early, where its
/// task-locals are the right ones.
///
/// `@unchecked Sendable`: the first job comes while the task is made, and the release from the same
/// place. All other jobs come after the release, with the pool's lock in between.
final class HeldExecutor: TaskExecutor, @unchecked Sendable {
    private let pool: ThreadPool
    private var isReleased = false
    private var held: UnownedJob?

    init(_ pool: ThreadPool) {
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
