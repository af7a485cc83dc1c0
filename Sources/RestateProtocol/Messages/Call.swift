/// Calls a handler and waits for it. Answered twice: by the invocation's id and by its result.
package struct CallCommand: CommandMessage {
    package static let type = MessageType.callCommand
    package static let word = "call"
    package var service = ""
    package var handler = ""
    package var parameter: Bytes = []
    package var headers: [Header] = []
    package var key = ""
    package var idempotencyKey: String?
    package var scope: String?
    package var limitKey: String?
    package var invocationIDCompletion: UInt32 = 0
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: service = try fields.string(field)
        case 2: handler = try fields.string(field)
        case 3: parameter = try fields.bytes(field)
        case 4: headers.append(try fields.message(field))
        case 5: key = try fields.string(field)
        case 6: idempotencyKey = try fields.string(field)
        case 7: scope = try fields.string(field)
        case 8: limitKey = try fields.string(field)
        case 10: invocationIDCompletion = try fields.uint32(field)
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, service)
        fields.string(2, handler)
        fields.bytes(3, parameter)
        fields.messages(4, headers)
        fields.string(5, key)
        fields.optional(6, idempotencyKey)
        fields.optional(7, scope)
        fields.optional(8, limitKey)
        fields.uint32(10, invocationIDCompletion)
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    package var subject: String { "\(service)/\(handler)" }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("service_name", recorded.service, service)
        comparison.check("handler_name", recorded.handler, handler)
        comparison.check("key", recorded.key, key)
        comparison.payload("parameter", recorded.parameter, parameter)
        comparison.check("headers", recorded.headers, headers)
        comparison.check("idempotency_key", recorded.idempotencyKey, idempotencyKey)
        comparison.check("scope", recorded.scope, scope)
        comparison.check("limit_key", recorded.limitKey, limitKey)
        comparison.check(
            "invocation_id_notification_idx", recorded.invocationIDCompletion,
            invocationIDCompletion)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

/// Calls a handler without waiting, now or later. Answered by the invocation's id.
package struct OneWayCallCommand: CommandMessage {
    package static let type = MessageType.oneWayCallCommand
    package static let word = "one way call"
    package var service = ""
    package var handler = ""
    package var parameter: Bytes = []
    package var invokeTime: UInt64 = 0  // milliseconds since 1970; 0 is now
    package var headers: [Header] = []
    package var key = ""
    package var idempotencyKey: String?
    package var scope: String?
    package var limitKey: String?
    package var invocationIDCompletion: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: service = try fields.string(field)
        case 2: handler = try fields.string(field)
        case 3: parameter = try fields.bytes(field)
        case 4: invokeTime = try fields.uint64(field)
        case 5: headers.append(try fields.message(field))
        case 6: key = try fields.string(field)
        case 7: idempotencyKey = try fields.string(field)
        case 8: scope = try fields.string(field)
        case 9: limitKey = try fields.string(field)
        case 10: invocationIDCompletion = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, service)
        fields.string(2, handler)
        fields.bytes(3, parameter)
        fields.uint64(4, invokeTime)
        fields.messages(5, headers)
        fields.string(6, key)
        fields.optional(7, idempotencyKey)
        fields.optional(8, scope)
        fields.optional(9, limitKey)
        fields.uint32(10, invocationIDCompletion)
        fields.string(12, name)
    }

    package var subject: String { "\(service)/\(handler)" }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("service_name", recorded.service, service)
        comparison.check("handler_name", recorded.handler, handler)
        comparison.check("key", recorded.key, key)
        comparison.payload("parameter", recorded.parameter, parameter)
        comparison.check("headers", recorded.headers, headers)
        comparison.check("idempotency_key", recorded.idempotencyKey, idempotencyKey)
        comparison.check("scope", recorded.scope, scope)
        comparison.check("limit_key", recorded.limitKey, limitKey)
        comparison.check(
            "invocation_id_notification_idx", recorded.invocationIDCompletion,
            invocationIDCompletion)
        comparison.check("name", recorded.name, name)
    }
}
