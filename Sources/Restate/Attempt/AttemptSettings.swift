import RestateHTTP
import RestateMachine
import RestateProtocol

/// The settings that all attempts of an endpoint share.
final class AttemptSettings: Sendable {
    /// The threads on which the closures of runs are executed.
    let runs: ThreadPool
    /// The log for the operator.
    let log: EndpointLog
    /// The limit for the bytes of one message to the server.
    let messageLimit: Int
    /// The options of every machine, built once.
    let machine: MachineOptions
    let cuts = CutAttempts()
    /// The stand-in for the outside world while handlers are tested; nil for an endpoint that
    /// serves.
    let rehearsal: (any Rehearsal)?
    /// Records journals; nil if nobody asked for it.
    let recorder: JournalRecorder?

    /// The default number of threads for the closures of runs. All endpoints of the process that
    /// set no number share them.
    static let runThreads = 64
    private static let sharedRuns = ThreadPool(limit: runThreads)
    /// The default of the server's own limit for messages.
    static let messageLimit = 32 << 20

    init(
        runThreads: Int? = nil, messageLimit: Int = AttemptSettings.messageLimit,
        log: EndpointLog = .silent, rehearsal: (any Rehearsal)? = nil,
        recorder: JournalRecorder? = nil
    ) {
        runs = rehearsal?.runs ?? runThreads.map { ThreadPool(limit: $0) } ?? Self.sharedRuns
        self.messageLimit = messageLimit
        var machine = MachineOptions()
        machine.messageLimit = messageLimit
        // A message from the server can carry several values that were sent one by one.
        machine.frameLimit = max(FrameDecoder.defaultLimit, 2 * min(messageLimit, Int(UInt32.max)))
        self.machine = machine
        self.log = log
        self.rehearsal = rehearsal
        self.recorder = recorder
    }

    convenience init(of endpoint: Endpoint) throws(EndpointError) {
        if let threads = endpoint.runThreads, threads < 1 {
            throw EndpointError(
                .setting,
                "The closures of runs need a thread at least, so 'runThreads(\(threads))' will not do."
            )
        }
        let log = try EndpointLog(of: endpoint)
        var recorder: JournalRecorder?
        if let recording = endpoint.recording { recorder = try JournalRecorder(recording, log) }
        self.init(
            runThreads: endpoint.runThreads,
            messageLimit: endpoint.messageLimit ?? Self.messageLimit,
            log: log, rehearsal: endpoint.rehearsal, recorder: recorder)
    }
}
