import Primitives
import RestateMachine
import RestateProtocol

/// Describes an attempt to hooks. There is one object for each attempt.
public final class AttemptInfo: Sendable {
    /// The invocation's id, which is the same on every attempt.
    public let id: String
    /// The handler that is invoked, and its key.
    public let target: HandlerTarget
    /// The headers of the attempt's HTTP request, which differ from attempt to attempt.
    public let attemptHeaders: [(name: String, value: String)]
    /// The number of journal entries that the server sent, without the input. It is 0 for a first
    /// attempt.
    public let knownEntries: Int
    /// The number of attempts that failed since the journal last grew.
    public let failedAttempts: Int
    /// The time when the attempt began.
    public let began: ContinuousClock.Instant

    private let input: InvocationInput
    private let loop: any Confinement
    private let attempt: LoopBound<AttemptDriver>

    init(_ driver: AttemptDriver) {
        input = driver.machine.input
        id = input.debugID
        target = driver.target
        attemptHeaders = driver.attemptHeaders
        knownEntries = driver.machine.knownEntries
        failedAttempts = driver.machine.failedAttempts
        began = ContinuousClock.now - driver.lasted
        log = InvocationLogger(driver)
        loop = driver.loop
        attempt = LoopBound(driver, on: driver.loop)
    }

    /// The invocation's logger, which drops lines while the handler replays its journal.
    public let log: InvocationLogger
    /// The headers of the call, which are the same on every attempt.
    public var headers: [(name: String, value: String)] {
        // Computed on demand, because few hooks read them.
        input.headers.map { ($0.key, $0.value) }
    }

    /// Whether the handler is replaying what an earlier attempt did. It changes while `next` runs,
    /// and is false in the closure of a step.
    ///
    /// It serves logs and metrics only: if the handler's behaviour depended on it, a replay would
    /// diverge.
    public var isReplaying: Bool {
        // Off the handler's loop only closures of steps run, and a replay does not execute them.
        loop.isCurrent && attempt.value.machine.isReplaying
    }
}
