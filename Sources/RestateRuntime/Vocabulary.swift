import Primitives
package import RestateProtocol

/// One attempt of one invocation, for as long as the process lives.
package struct AttemptID: Hashable, Sendable {
    package let number: UInt64
}

/// Somebody outside who waits for a result; the number is theirs.
package struct WaiterID: Hashable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) {
        self.number = number
    }
}

/// What was called, as people write it: `Ticket/seat-1/reserve`.
package struct TargetName: Hashable, Sendable, CustomStringConvertible {
    package var service: String
    package var key: String?
    package var handler: String

    package var description: String {
        key.map { "\(service)/\($0)/\(handler)" } ?? "\(service)/\(handler)"
    }
}

/// Whose state and promises: a virtual object or a workflow of one key.
///
/// Keys are compared as bytes: to `String` two spellings of an accented letter are one, to a server,
/// and in the data folder, they are two.
package struct StateOwner: Hashable, Sendable {
    package var service: String
    package var key: String

    package init(service: String, key: String) {
        self.service = service
        self.key = key
    }

    package static func == (left: Self, right: Self) -> Bool {
        ExactName(text: left.key) == ExactName(text: right.key)
            && ExactName(text: left.service) == ExactName(text: right.service)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ExactName(text: service))
        hasher.combine(ExactName(text: key))
    }
}

/// Who started an invocation.
package enum Caller: Equatable, Sendable {
    case ingress
    case service(InvocationIdentity, TargetName)
    case restartAsNew(InvocationIdentity)
}

/// How an invocation ended, for somebody who waited for it.
package struct InvocationOutcome: Sendable {
    package var id: InvocationIdentity
    package var target: TargetName
    package var result: ValueOrFailure
    /// Set if it had ended before the question: until when the result is kept.
    package var expires: Timestamp?
}

/// One message of a journal.
package struct JournalEntry: Equatable, Sendable {
    package var code: UInt16
    package var payload: Bytes
    package var appendedAt: Timestamp

    package var type: MessageType? { MessageType(rawValue: code) }
    package var isCommand: Bool { MessageKind(code: code) == .command }
}

/// Why an attempt failed: told by the endpoint, or found by the runtime.
package struct EndpointFailure: Error, Equatable, Sendable {
    package var code: UInt32
    package var message: String
    package var restateCode: String
    package var stacktrace = ""
    package var relatedIndex: UInt32?
    package var relatedName: String?
    package var relatedType: MessageType?
    /// Replaces the policy's delay once, and then no attempt is used up.
    var delay: Milliseconds?
    var behavior = ErrorBehavior.retry
    /// The runtime's own errors are not a handler's, and become 500 as a result.
    var isOfRuntime = true
    /// Failures before the handler could run are not told to the next attempt.
    var countsForStart = true

    init(_ restateCode: String, _ message: String, code: UInt32 = 500) {
        self.code = code
        self.message = message
        self.restateCode = restateCode
    }

    init(_ error: ErrorMessage) {
        code = error.failureCode
        message = error.message
        stacktrace = error.stacktrace
        relatedIndex = error.relatedCommandIndex
        relatedName = error.relatedCommandName
        relatedType = error.relatedCommandType.flatMap {
            MessageType(rawValue: UInt16(truncatingIfNeeded: $0))
        }
        delay = error.nextRetryDelay
        behavior = error.behavior
        isOfRuntime = false
        restateCode =
            switch error.failureCode {
            case 570: "RT0016"
            case 571: "RT0012"
            default: "RT0007"
            }
    }

    /// As a result, when nothing is tried any more.
    var result: Failure {
        Failure(code: isOfRuntime && code != 415 ? 500 : code, message: message)
    }
}
