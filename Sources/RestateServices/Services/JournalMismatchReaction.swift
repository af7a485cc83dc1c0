import RestateProtocol

/// Says what happens if a handler does not follow the journal of its invocation, because its code
/// was changed meanwhile or is not deterministic.
public enum JournalMismatchReaction: Sendable, Equatable {
    /// The attempt fails and is retried. An invocation survives if the earlier code is deployed
    /// again in time.
    case retry
    /// The invocation pauses until somebody resumes it, with the right code.
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
