import RestateMachine

/// Unwinds a handler whose attempt is over. Every wait throws it from then on.
///
/// It is no failure of the handler. Most attempts end by a suspension: the invocation waits for
/// something and resumes in another attempt, by a replay. Code that catches all errors must rethrow
/// this one; see `docs/guide/catching.md`.
///
/// ```swift
/// } catch let end as AttemptEnd {
///     throw end
/// } catch { … }
/// ```
public struct AttemptEnd: Error, Equatable, Sendable {
    let cause: AttemptEndCause

    /// Whether the invocation waits for something and resumes in another attempt. Otherwise the
    /// attempt failed or lost its connection.
    public var isSuspension: Bool { cause == .suspended }

    /// The code of the error with which the attempt failed; nil if it did not fail. It is 570 if
    /// the handler does not follow its journal.
    public var errorCode: Int? {
        if case .failed(let failure) = cause { Int(failure.code) } else { nil }
    }

    /// The text of that error.
    public var errorMessage: String? {
        if case .failed(let failure) = cause { failure.message } else { nil }
    }
}

extension AttemptEnd: CustomStringConvertible {
    public var description: String {
        switch cause {
        case .suspended: "The invocation is suspended: it goes on in another attempt"
        case .failed: "The attempt has failed: another one will be made"
        case .closed: "The attempt is over, or its connection lost"
        }
    }
}
