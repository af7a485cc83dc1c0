import RestateHTTP
import RestateMachine
import RestateProtocol

/// What all attempts of an endpoint share.
final class AttemptSettings: Sendable {
    /// Where the closures of runs are executed.
    let runs: ThreadPool
    /// Tells the operator.
    let log: EndpointLog
    /// Bytes of one message to the server.
    let messageLimit: Int
    /// What every machine is told, made once.
    let machine: MachineOptions
    let cuts = CutAttempts()
    /// Nil for an endpoint that serves.
    let rehearsal: (any Rehearsal)?

    /// Threads for the closures of runs, for all endpoints of the process that say nothing else.
    static let runThreads = 64
    private static let sharedRuns = ThreadPool(limit: runThreads)
    /// As a server takes it by default.
    static let messageLimit = 32 << 20

    init(
        runThreads: Int? = nil, messageLimit: Int = AttemptSettings.messageLimit,
        log: EndpointLog = .silent, rehearsal: (any Rehearsal)? = nil
    ) {
        runs = rehearsal?.runs ?? runThreads.map { ThreadPool(limit: $0) } ?? Self.sharedRuns
        self.messageLimit = messageLimit
        var machine = MachineOptions()
        machine.messageLimit = messageLimit
        // A message from the server may bring along what several to it have made.
        machine.frameLimit = max(FrameDecoder.defaultLimit, 2 * min(messageLimit, Int(UInt32.max)))
        self.machine = machine
        self.log = log
        self.rehearsal = rehearsal
    }

    convenience init(of endpoint: Endpoint) throws(EndpointError) {
        if let threads = endpoint.runThreads, threads < 1 {
            throw EndpointError(
                .setting,
                "The closures of runs need a thread at least, so 'runThreads(\(threads))' will not do."
            )
        }
        self.init(
            runThreads: endpoint.runThreads,
            messageLimit: endpoint.messageLimit ?? Self.messageLimit,
            log: try EndpointLog(of: endpoint), rehearsal: endpoint.rehearsal)
    }
}
