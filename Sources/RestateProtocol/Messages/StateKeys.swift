/// Asks the server for the keys of all state entries.
package struct GetLazyStateKeysCommand: CommandMessage {
    package static let type = MessageType.getLazyStateKeysCommand
    package static let word = "get state keys"
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

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

/// Records the keys of all state entries, if all of them came with `Start`.
package struct GetEagerStateKeysCommand: CommandMessage {
    package static let type = MessageType.getEagerStateKeysCommand
    package static let word = "get state keys"
    package var name = ""
    package var keys: StateKeys?

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 12: name = try fields.string(field)
        case 14: keys = try fields.message(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(12, name)
        if let keys { fields.message(14, keys) }
    }

    /// The keys are not compared: the recorded ones are valid, even if the state has changed since.
    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("name", recorded.name, name)
    }
}

/// The keys of the state entries, which are bytes on the wire.
package struct StateKeys: FieldCoded {
    package var keys: [Bytes] = []

    package init() {}
    package init(_ keys: [Bytes]) {
        self.keys = keys
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: keys.append(try fields.bytes(field))
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        for key in keys { fields.present(1, key) }
    }
}
