import RestateMachine
import RestateProtocol

/// What an error that a handler, or the closure of a run, throws stands for.
enum ErrorMeaning {
    /// The end of the invocation, or of the run.
    case terminal(TerminalError)
    /// The end of this attempt.
    case failure(AttemptFailure)
}

/// Decides what becomes of an error, by its type and by what the handler's options say of it.
struct ErrorRules: Sendable {
    typealias Conversion = @Sendable (any Error) -> TerminalError?

    /// The first one that knows the error counts.
    var conversions: [Conversion] = []

    /// - Parameter place: where the error came from, if it does not know it.
    func meaning(of error: any Error, at place: String) -> ErrorMeaning {
        switch error {
        case let error as TerminalError:
            return .terminal(error)
        case let error as RetryableError:
            return .failure(
                AttemptFailure(
                    code: UInt32(error.code), message: error.message,
                    stacktrace: trace(of: error, at: place), nextRetryDelay: error.retryAfter))
        case let error as PauseError:
            return .failure(
                AttemptFailure(
                    message: error.message, stacktrace: trace(of: error, at: place),
                    behavior: .pause))
        case let error as any TerminalConvertible:
            return .terminal(error.terminalError)
        default:
            for convert in conversions {
                if let terminal = convert(error) { return .terminal(terminal) }
            }
            return .failure(
                AttemptFailure(
                    message: ErrorText.describe(error), stacktrace: trace(of: error, at: place)))
        }
    }
}
