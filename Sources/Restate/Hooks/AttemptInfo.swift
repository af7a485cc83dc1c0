import RestateHTTP
import RestateMachine
import RestateProtocol

/// What hooks learn about an attempt: one object for each.
public final class AttemptInfo: Sendable {
    /// The invocation's id, the same on every attempt.
    public let id: String
    /// The handler that is invoked, and its key.
    public let target: HandlerTarget
    /// The headers of the attempt's own HTTP request, which differ from attempt to attempt.
    public let attemptHeaders: [(name: String, value: String)]
    /// How many entries of the journal came along, besides the input. 0 for a first attempt.
    public let knownEntries: Int
    /// How many attempts have failed since the journal last grew.
    public let failedAttempts: Int
    /// When the attempt began.
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

    /// The invocation's logger, which is silent while the handler repeats what an earlier attempt did.
    public let log: InvocationLogger
    /// The headers of the call, the same on every attempt.
    public var headers: [(name: String, value: String)] {
        // Read when somebody asks: few hooks do.
        input.headers.map { ($0.key, $0.value) }
    }

    /// The handler still does what an earlier attempt did already. It is false in the closure of a
    /// step, and changes while `next` runs.
    ///
    /// For what is told to people only: nothing that a handler does may depend on it.
    public var isReplaying: Bool {
        // Elsewhere than where the handler runs, there are only steps, which are not replayed.
        loop.isCurrent && attempt.value.machine.isReplaying
    }
}
