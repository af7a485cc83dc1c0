import RestateHTTP
import RestateServices

extension ThreadPool: RunThreads {}

extension AttemptSettings {
    /// The default number of threads for the closures of runs. All endpoints of the process that
    /// set no number share them.
    static let runThreads = 64
    private static let sharedRuns = ThreadPool(limit: runThreads)

    convenience init(
        runThreads: Int? = nil, messageLimit: Int = AttemptSettings.messageLimit,
        log: EndpointLog = .silent, rehearsal: (any Rehearsal)? = nil,
        recorder: JournalRecorder? = nil
    ) {
        self.init(
            runs: runThreads.map { ThreadPool(limit: $0) } ?? Self.sharedRuns,
            messageLimit: messageLimit, log: log, rehearsal: rehearsal, recorder: recorder)
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
