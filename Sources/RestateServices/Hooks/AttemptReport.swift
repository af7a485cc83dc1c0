import RestateMachine

/// Describes the outcome of an attempt.
public struct AttemptReport: Sendable {
    /// The ways in which an attempt can end. Later versions may add more.
    public struct Outcome: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The handler returned, and the invocation is complete.
        public static let completed = Outcome(rawValue: "completed")
        /// The handler threw a terminal error, and the invocation is complete.
        public static let terminal = Outcome(rawValue: "terminal")
        /// The attempt failed, and the server will retry.
        public static let failed = Outcome(rawValue: "failed")
        /// The attempt failed, because the handler does not follow its journal (error 570).
        public static let mismatch = Outcome(rawValue: "mismatch")
        /// The invocation waits for something and resumes in another attempt.
        public static let suspended = Outcome(rawValue: "suspended")
        /// The connection was lost, or the server reset the request.
        public static let lost = Outcome(rawValue: "lost")

        /// The list of all outcomes.
        public static let all = [completed, terminal, failed, mismatch, suspended, lost]
    }

    /// The way in which the attempt ended.
    public let outcome: Outcome
    /// Whether the handler was called. It is not if the journal cannot be read.
    public let handlerBegan: Bool
    /// The time from the arrival of the request to the attempt's last message.
    public let duration: Duration
    /// The number of journal entries that the server sent, without the input.
    public let knownEntries: Int
    /// The number of commands that the attempt added to the journal.
    public let newEntries: Int
    /// The error code of a terminal, failed or mismatched attempt.
    public let errorCode: Int?
    /// The text of that error.
    public let errorMessage: String?
}

extension AttemptReport {
    /// Describes an attempt that has written its last message.
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
