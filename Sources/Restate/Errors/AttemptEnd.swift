import RestateMachine

/// What unwinds a handler whose attempt is over: it is thrown wherever the handler waits from then on.
///
/// No failure of the handler's own. The most usual attempt ends with a suspension: the invocation
/// waits for something and goes on, from its beginning, in another attempt. Code that catches all
/// errors has to let this one pass; see `docs/guide/catching.md`.
///
/// ```swift
/// } catch let end as AttemptEnd {
///     throw end
/// } catch { … }
/// ```
public struct AttemptEnd: Error, Equatable, Sendable {
    let cause: AttemptEndCause

    /// The invocation goes on in another attempt, as soon as there is what it waits for. Otherwise
    /// the attempt failed or lost its connection.
    public var isSuspension: Bool { cause == .suspended }

    /// The code of the error that the attempt failed with: 570 if the handler does not follow its
    /// journal. Nil if it did not fail.
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
