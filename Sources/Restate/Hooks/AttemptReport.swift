import RestateMachine

/// What came of an attempt.
public struct AttemptReport: Sendable {
    /// How an attempt ends. Later versions may know more ways.
    public struct Outcome: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The handler returned: the invocation is done.
        public static let completed = Outcome(rawValue: "completed")
        /// The handler threw a terminal error: the invocation is done.
        public static let terminal = Outcome(rawValue: "terminal")
        /// The attempt failed, and the server makes another one.
        public static let failed = Outcome(rawValue: "failed")
        /// The handler does not follow its journal (error 570): the attempt failed.
        public static let mismatch = Outcome(rawValue: "mismatch")
        /// The invocation waits for something, and goes on in another attempt.
        public static let suspended = Outcome(rawValue: "suspended")
        /// The connection was lost, or the server reset the request.
        public static let lost = Outcome(rawValue: "lost")

        /// All of them.
        public static let all = [completed, terminal, failed, mismatch, suspended, lost]
    }

    /// How the attempt ended.
    public let outcome: Outcome
    /// The handler was called: its journal could be read.
    public let handlerBegan: Bool
    /// From the request's arrival to the last word.
    public let duration: Duration
    /// How many entries of the journal came along, besides the input.
    public let knownEntries: Int
    /// How many commands the attempt added to the journal.
    public let newEntries: Int
    /// The code of the error that a terminal, failed or mismatched attempt ended with.
    public let errorCode: Int?
    /// Its text.
    public let errorMessage: String?
}

extension AttemptReport {
    /// Of an attempt that has said its last word.
    init(_ attempt: AttemptDriver) {
        handlerBegan = attempt.observed?.handlerBegan ?? false
        duration = attempt.lasted
        knownEntries = attempt.machine.knownEntries
        newEntries = attempt.machine.newCommands
        let error = attempt.observed?.terminalError
        switch attempt.machine.outcome {
        case .suspended:
            outcome = .suspended
            (errorCode, errorMessage) = (nil, nil)
        case .failed(let failure):
            outcome = failure.code == AttemptFailure.journalMismatch ? .mismatch : .failed
            (errorCode, errorMessage) = (Int(failure.code), failure.message)
        case .closed, nil:
            outcome =
                attempt.observed?.wasLost == true ? .lost : error == nil ? .completed : .terminal
            (errorCode, errorMessage) = (error.map { Int($0.code) }, error?.message)
        }
    }
}
