/// Waits for the completion of a workflow's promise.
package struct GetPromiseCommand: CommandMessage {
    package static let type = MessageType.getPromiseCommand
    package static let word = "get promise"
    package var key = ""
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.string(field)
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, key)
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

/// Reads a workflow's promise without waiting; it may have no result yet.
package struct PeekPromiseCommand: CommandMessage {
    package static let type = MessageType.peekPromiseCommand
    package static let word = "peek promise"
    package var key = ""
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.string(field)
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, key)
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

/// Resolves or rejects a workflow's promise. Only the first completion takes effect; for later ones
/// the command's own completion is a failure.
package struct CompletePromiseCommand: CommandMessage {
    package static let type = MessageType.completePromiseCommand
    package static let word = "complete promise"
    package var key = ""
    package var completion: ValueOrFailure?
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.string(field)
        case 2: completion = .value(try fields.value(field))
        case 3: completion = .failure(try fields.message(field))
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, key)
        switch completion {
        case .value(let value): fields.value(2, value)
        case .failure(let failure): fields.message(3, failure)
        case nil: break
        }
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    package var subject: String { key }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.result("completion", recorded.completion, completion)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}
