package import RestateProtocol
import Times

/// Why this attempt failed. The server retries, unless `behavior` asks for something else.
package struct AttemptFailure: Error, Equatable, Sendable {
    package static let internalError: UInt32 = 500
    package static let journalMismatch: UInt32 = 570
    package static let protocolViolation: UInt32 = 571
    package static let unsupportedFeature: UInt32 = 573

    package var code: UInt32
    package var message: String
    package var stacktrace = ""
    package var related: RelatedCommand?
    /// The delay before the next attempt; nil leaves it to the server's policy.
    package var nextRetryDelay: Duration?
    package var behavior = ErrorBehavior.retry

    package init(
        code: UInt32 = AttemptFailure.internalError, message: String, stacktrace: String = "",
        related: RelatedCommand? = nil, nextRetryDelay: Duration? = nil,
        behavior: ErrorBehavior = .retry
    ) {
        self.code = code
        self.message = message
        self.stacktrace = stacktrace
        self.related = related
        self.nextRetryDelay = nextRetryDelay
        self.behavior = behavior
    }

    var wire: ErrorMessage {
        var error = ErrorMessage()
        error.failureCode = code
        error.message = ErrorText.fitting(message)
        error.stacktrace = ErrorText.fitting(stacktrace)
        if let related {
            error.relatedCommandIndex = related.index
            error.relatedCommandType = UInt32(related.type.rawValue)
            error.relatedCommandName = related.name.isEmpty ? nil : related.name
        }
        error.nextRetryDelay = nextRetryDelay.map {
            min($0.millisecondsRoundedDown, Moment.longestSpan)
        }
        error.behavior = behavior
        return error
    }
}

/// The command that caused a failure. The invocation's input has index 0.
package struct RelatedCommand: Equatable, Sendable {
    package var index: UInt32
    package var type: MessageType
    package var name: String

    package init(index: UInt32, type: MessageType, name: String = "") {
        self.index = index
        self.type = type
        self.name = name
    }
}

/// Why no operation is possible any more.
///
/// Every further operation throws it, so that the handler unwinds. It is not an error for anybody
/// to see: a suspension is normal, and a failure is already on its way to the server.
package enum AttemptEndCause: Error, Equatable, Sendable {
    case suspended
    indirect case failed(AttemptFailure)
    /// The last message is written, or the connection is lost.
    case closed
}

// MARK: The peer's and the program's violations

extension AttemptFailure {
    static func violation(_ message: String) -> Self {
        Self(code: protocolViolation, message: message)
    }

    static func undecodable(_ what: String, _ error: WireError) -> Self {
        Self(message: "Cannot read \(what): \(error).")
    }

    static func tooEarly(_ operation: StaticString) -> Self {
        violation("'\(operation)' was used before the journal was complete.")
    }

    static func inputEndedEarly() -> Self {
        violation("The request ended before the journal was complete.")
    }

    static func unexpected(_ frame: Frame, _ phase: StaticString) -> Self {
        let code = MessageType.hexCode(frame.code)
        return frame.kind == .custom
            ? violation("Expected a journal entry, got message type \(code) \(phase).")
            : violation("Message type \(code) is not allowed \(phase).")
    }

    static func unsupported(
        _ feature: StaticString, version: ProtocolVersion, needs: ProtocolVersion
    ) -> Self {
        Self(
            code: unsupportedFeature,
            message: "This invocation uses \(version.contentType), which has no \(feature); it "
                + "needs at least \(needs.contentType). A newer server offers that to "
                + "deployments that were registered with it.")
    }

    /// A message exceeds what a server accepts. The server would close the connection without
    /// naming the operation.
    static func tooLarge(_ operation: String, _ size: Int, limit: Int) -> Self {
        Self(
            message: "\(operation): a message of \(size) bytes; a server takes at most \(limit).",
            stacktrace: operation)
    }

    static func empty(_ what: StaticString) -> Self {
        Self(message: "The \(what) of a call is empty. Leave it out or give it a value.")
    }

    static func unexpectedResult(_ what: String) -> Self {
        violation("The journal holds a result that does not belong there: \(what).")
    }
}
