/// A step whose result is stored. A run completion with the same id brings the result.
package struct RunCommand: CommandMessage {
    package static let type = MessageType.runCommand
    package static let word = "run"
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}
    package init(completionID: UInt32, name: String) {
        self.completionID = completionID
        self.name = name
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

/// Proposes the result of a run's closure. The result is valid only once the server has stored it.
package struct ProposeRunCompletionMessage: TypedMessage {
    package static let type = MessageType.proposeRunCompletion
    package var completionID: UInt32 = 0
    /// In this message the value is encoded as raw bytes, not as a `Value` message.
    package var result: ValueOrFailure?

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: completionID = try fields.uint32(field)
        case 14: result = .value(try fields.bytes(field))
        case 15: result = .failure(try fields.message(field))
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.uint32(1, completionID)
        switch result {
        case .value(let value): fields.present(14, value)
        case .failure(let failure): fields.message(15, failure)
        case nil: break
        }
    }
}

/// Confirms that a proposal is stored. It exists since version 7.
package struct ProposeRunCompletionAckMessage: TypedMessage {
    package static let type = MessageType.proposeRunCompletionAck
    package var completionID: UInt32 = 0

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: completionID = try fields.uint32(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.uint32(1, completionID)
    }
}
