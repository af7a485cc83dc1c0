/// Ends an attempt that failed.
///
/// The server tries again by its retry policy, or does what `nextRetryDelay` and `behavior` ask.
package struct ErrorMessage: TypedMessage {
    package static let type = MessageType.error
    package var failureCode: UInt32 = 0
    package var message = ""
    package var stacktrace = ""
    /// These three fields tell users which command failed, as far as that is known.
    package var relatedCommandIndex: UInt32?
    package var relatedCommandName: String?
    package var relatedCommandType: UInt32?
    package var nextRetryDelay: UInt64?  // milliseconds
    package var behavior = ErrorBehavior.retry

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: failureCode = try fields.uint32(field)
        case 2: message = try fields.string(field)
        case 3: stacktrace = try fields.string(field)
        case 4: relatedCommandIndex = try fields.uint32(field)
        case 5: relatedCommandName = try fields.string(field)
        case 6: relatedCommandType = try fields.uint32(field)
        case 8: nextRetryDelay = try fields.uint64(field)
        case 9: behavior = ErrorBehavior(rawValue: try fields.uint32(field)) ?? .retry
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.uint32(1, failureCode)
        fields.string(2, message)
        fields.string(3, stacktrace)
        fields.optional(4, relatedCommandIndex)
        fields.optional(5, relatedCommandName)
        fields.optional(6, relatedCommandType)
        fields.optional(8, nextRetryDelay)
        fields.uint32(9, behavior.rawValue)
    }
}

/// What an endpoint asks the server to do after an error.
package enum ErrorBehavior: UInt32, CaseIterable, Sendable {
    case retry = 0
    case pause = 1
    case fail = 2
}

/// Ends an attempt whose output was written.
package struct EndMessage: TypedMessage {
    package static let type = MessageType.end

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        try fields.skip(field)
    }

    package func encode(into fields: inout FieldWriter) {}
}

/// Confirms that a command is stored, if its frame asked for that. The state machine never asks.
package struct CommandAckMessage: TypedMessage {
    package static let type = MessageType.commandAck
    package var commandIndex: UInt32 = 0

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: commandIndex = try fields.uint32(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.uint32(1, commandIndex)
    }
}
