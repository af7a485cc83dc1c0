import Primitives
package import RestateProtocol

/// The number of an attempt, which is unique within the process and not stored.
package struct AttemptID: Hashable, Sendable {
    package let number: UInt64

    package func _rawHashValue(seed: Int) -> Int { spread(number, seed) }
}

/// The number of a waiter outside. The engine gives it; the runtime hands it back with the answer.
package struct WaiterID: Hashable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) {
        self.number = number
    }

    package func _rawHashValue(seed: Int) -> Int { spread(number, seed) }
}

/// The hash of a number that is counted up, so that nobody can choose it: dictionaries need no more than
/// that numbers near each other come to different places.
@inline(__always)
private func spread(_ number: UInt64, _ seed: Int) -> Int {
    let product = (number ^ UInt64(bitPattern: Int64(seed))) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product ^ product >> 32)
}

/// What was called. Its text is the usual notation: `Ticket/seat-1/reserve`.
package struct TargetName: Hashable, Sendable, CustomStringConvertible {
    package var service: String
    package var key: String?
    package var handler: String

    package init(service: String, key: String?, handler: String) {
        self.service = service
        self.key = key
        self.handler = handler
    }

    package var description: String {
        key.map { "\(service)/\($0)/\(handler)" } ?? "\(service)/\(handler)"
    }
}

/// A key of a virtual object or workflow, to which state, promises and the lock belong.
///
/// Names are compared as bytes. Swift compares strings by canonical equivalence; a server and the
/// data folder do not.
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

/// The result of an invocation, for somebody who waited for it.
package struct InvocationOutcome: Sendable {
    package var id: InvocationIdentity
    package var target: TargetName
    package var result: ValueOrFailure
    /// Until when the result is kept, if the invocation had ended before the question.
    package var expires: Timestamp?
}

/// One entry of a journal: a message's type and encoded fields, and when it was appended.
package struct JournalEntry: Equatable, Sendable {
    package var code: UInt16
    package var payload: Bytes
    package var appendedAt: Timestamp

    package var type: MessageType? { MessageType(rawValue: code) }
    package var isCommand: Bool { MessageKind(code: code) == .command }
}

/// Why an attempt failed. The endpoint sent the error, or the runtime found it.
package struct EndpointFailure: Error, Equatable, Sendable {
    package var code: UInt32
    package var message: String
    package var restateCode: String
    package var stacktrace = ""
    /// The command that the endpoint named as the cause: its index, name and type.
    package var relatedIndex: UInt32?
    package var relatedName: String?
    package var relatedType: MessageType?
    /// A delay that replaces the policy's once. Such a retry uses up no attempt of the policy.
    var delay: Milliseconds?
    var behavior = ErrorBehavior.retry
    /// Whether the runtime found the failure. Its own codes are not a handler's, and become 500 as
    /// a result.
    var isOfRuntime = true
    /// Whether `Start.retryCount` of the next attempt includes this failure. Those before the
    /// handler could run are left out.
    var countsForStart = true

    init(_ restateCode: String, _ message: String, code: UInt32 = 500) {
        self.code = code
        self.message = message
        self.restateCode = restateCode
    }

    /// Takes over the endpoint's Error message.
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

    /// The invocation's result when no further attempt is made.
    var result: Failure {
        Failure(code: isOfRuntime && code != 415 ? 500 : code, message: message)
    }
}
