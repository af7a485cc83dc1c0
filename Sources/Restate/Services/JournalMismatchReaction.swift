import RestateProtocol

/// What is to happen when a handler's code does not follow the journal of an invocation: it was changed while
/// the invocation was under way, or it is not deterministic.
public enum JournalMismatchReaction: Sendable, Equatable {
    /// The attempt fails, and is made again by the retry policy. An earlier deployment of the code that comes
    /// back in time saves the invocation.
    case retry
    /// The invocation stops until somebody resumes it, with the right code.
    case pause
    /// The invocation ends with the mismatch as its error. What it did is not undone.
    case fail

    var behavior: ErrorBehavior {
        switch self {
        case .retry: .retry
        case .pause: .pause
        case .fail: .fail
        }
    }
}
