/// Calls a handler and waits for its result.
///
/// The command has two completions: the first brings the invocation's id, the second its result.
package struct CallCommand: CommandMessage {
    package static let type = MessageType.callCommand
    package static let word = "call"
    package var request: CallRequest
    package var invocationIDCompletion: UInt32 = 0
    package var completionID: UInt32 = 0

    package init() { self.init(CallRequest()) }

    /// Takes the request over, because a copy of its nine fields costs as much as encoding them.
    package init(
        _ request: consuming CallRequest, invocationIDCompletion: UInt32 = 0,
        completionID: UInt32 = 0
    ) {
        self.request = request
        self.invocationIDCompletion = invocationIDCompletion
        self.completionID = completionID
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: request.service = try fields.string(field)
        case 2: request.handler = try fields.string(field)
        case 3: request.parameter = try fields.bytes(field)
        case 4: request.headers.append(try fields.message(field))
        case 5: request.key = try fields.string(field)
        case 6: request.idempotencyKey = try fields.string(field)
        case 7: request.scope = try fields.string(field)
        case 8: request.limitKey = try fields.string(field)
        case 10: invocationIDCompletion = try fields.uint32(field)
        case 11: completionID = try fields.uint32(field)
        case 12: request.name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, request.service)
        fields.string(2, request.handler)
        fields.bytes(3, request.parameter)
        fields.messages(4, request.headers)
        fields.string(5, request.key)
        fields.optional(6, request.idempotencyKey)
        fields.optional(7, request.scope)
        fields.optional(8, request.limitKey)
        fields.uint32(10, invocationIDCompletion)
        fields.uint32(11, completionID)
        fields.string(12, request.name)
    }

    package var name: String { request.name }
    package var subject: String { request.subject }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        request.compare(with: recorded.request, into: &comparison)
        comparison.check(
            "invocation_id_notification_idx", recorded.invocationIDCompletion,
            invocationIDCompletion)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

/// Calls a handler, now or later, without waiting for its result. The completion brings the
/// invocation's id.
package struct OneWayCallCommand: CommandMessage {
    package static let type = MessageType.oneWayCallCommand
    package static let word = "one way call"
    package var request: CallRequest
    package var invokeTime: UInt64 = 0  // milliseconds since 1970; 0 is now
    package var invocationIDCompletion: UInt32 = 0

    package init() { self.init(CallRequest()) }

    /// Takes the request over, because a copy of its nine fields costs as much as encoding them.
    package init(
        _ request: consuming CallRequest, invokeTime: UInt64 = 0,
        invocationIDCompletion: UInt32 = 0
    ) {
        self.request = request
        self.invokeTime = invokeTime
        self.invocationIDCompletion = invocationIDCompletion
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: request.service = try fields.string(field)
        case 2: request.handler = try fields.string(field)
        case 3: request.parameter = try fields.bytes(field)
        case 4: invokeTime = try fields.uint64(field)
        case 5: request.headers.append(try fields.message(field))
        case 6: request.key = try fields.string(field)
        case 7: request.idempotencyKey = try fields.string(field)
        case 8: request.scope = try fields.string(field)
        case 9: request.limitKey = try fields.string(field)
        case 10: invocationIDCompletion = try fields.uint32(field)
        case 12: request.name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, request.service)
        fields.string(2, request.handler)
        fields.bytes(3, request.parameter)
        fields.uint64(4, invokeTime)
        fields.messages(5, request.headers)
        fields.string(6, request.key)
        fields.optional(7, request.idempotencyKey)
        fields.optional(8, request.scope)
        fields.optional(9, request.limitKey)
        fields.uint32(10, invocationIDCompletion)
        fields.string(12, request.name)
    }

    package var name: String { request.name }
    package var subject: String { request.subject }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        request.compare(with: recorded.request, into: &comparison)
        comparison.check(
            "invocation_id_notification_idx", recorded.invocationIDCompletion,
            invocationIDCompletion)
        comparison.check("name", recorded.name, name)
    }
}
