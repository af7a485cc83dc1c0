import RestateMachine
import RestateProtocol

/// The classification of an error that a handler or the closure of a run throws.
enum ErrorMeaning {
    /// The error ends the invocation or the run.
    case terminal(TerminalError)
    /// The error ends this attempt.
    case failure(AttemptFailure)
}

/// Classifies errors by their type and by the handler's options.
struct ErrorRules: Sendable {
    typealias Conversion = @Sendable (any Error) -> TerminalError?

    /// Asked in order. The first conversion that returns an error decides.
    var conversions: [Conversion] = []

    /// - Parameter place: where the error came from, if the error does not say.
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
