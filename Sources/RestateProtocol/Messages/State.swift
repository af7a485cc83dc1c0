/// Asks the server for a state entry that did not come with `Start`.
package struct GetLazyStateCommand: CommandMessage {
    package static let type = MessageType.getLazyStateCommand
    package static let word = "get state"
    package var key: Bytes = []
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.bytes(field)
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.bytes(1, key)
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

/// Records what a read of state that came with `Start` returned, so that a replay returns the same.
package struct GetEagerStateCommand: CommandMessage {
    package enum Result: Equatable, Sendable {
        case void
        case value(Bytes)
    }

    package static let type = MessageType.getEagerStateCommand
    package static let word = "get state"
    package var key: Bytes = []
    package var name = ""
    package var result: Result?

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.bytes(field)
        case 12: name = try fields.string(field)
        case 13:
            try fields.skip(field)
            result = .void
        case 14: result = .value(try fields.value(field))
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.bytes(1, key)
        fields.string(12, name)
        switch result {
        case .void: fields.void(13)
        case .value(let value): fields.value(14, value)
        case nil: break
        }
    }

    /// The result is not compared: the recorded one is valid, even if the state has changed since.
    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("name", recorded.name, name)
    }
}

/// Sets a state entry. Writes to state have no completion: the server applies them as it stores the
/// command.
package struct SetStateCommand: CommandMessage {
    package static let type = MessageType.setStateCommand
    package static let word = "set state"
    package var key: Bytes = []
    package var value: Bytes?
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.bytes(field)
        case 3: value = try fields.value(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.bytes(1, key)
        if let value { fields.value(3, value) }
        fields.string(12, name)
    }

    package var subject: String { String(decoding: key, as: UTF8.self) }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.payload("value", recorded.value, value)
        comparison.check("name", recorded.name, name)
    }
}

/// Removes a state entry.
package struct ClearStateCommand: CommandMessage {
    package static let type = MessageType.clearStateCommand
    package static let word = "clear state"
    package var key: Bytes = []
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.bytes(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.bytes(1, key)
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("name", recorded.name, name)
    }
}

/// Removes all state entries of the object or workflow.
package struct ClearAllStateCommand: CommandMessage {
    package static let type = MessageType.clearAllStateCommand
    package static let word = "clear all state"
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("name", recorded.name, name)
    }
}
