/// Sends a signal to an invocation: by index (1 cancels it, 17 and up are its awakeables) or name.
package struct SendSignalCommand: CommandMessage {
    package enum Selector: Equatable, Sendable {
        case index(UInt32)
        case name(String)
    }
    package enum Result: Equatable, Sendable {
        case void
        case value(Bytes)
        case failure(Failure)
    }

    package static let type = MessageType.sendSignalCommand
    /// The index of the built-in signal that cancels.
    package static let cancel: UInt32 = 1

    package var target = ""
    package var signal: Selector?
    package var result: Result?
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: target = try fields.string(field)
        case 2: signal = .index(try fields.uint32(field))
        case 3: signal = .name(try fields.string(field))
        case 4:
            try fields.skip(field)
            result = .void
        case 5: result = .value(try fields.value(field))
        case 6: result = .failure(try fields.message(field))
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, target)
        switch signal {
        case .index(let index): fields.optional(2, index)
        case .name(let name): fields.optional(3, name)
        case nil: break
        }
        switch result {
        case .void: fields.void(4)
        case .value(let value): fields.value(5, value)
        case .failure(let failure): fields.message(6, failure)
        case nil: break
        }
        fields.string(12, name)
    }
}

/// Resolves or rejects somebody's awakeable by its id.
package struct CompleteAwakeableCommand: CommandMessage {
    package static let type = MessageType.completeAwakeableCommand
    package var awakeableID = ""
    package var result: ValueOrFailure?
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: awakeableID = try fields.string(field)
        case 2: result = .value(try fields.value(field))
        case 3: result = .failure(try fields.message(field))
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, awakeableID)
        switch result {
        case .value(let value): fields.value(2, value)
        case .failure(let failure): fields.message(3, failure)
        case nil: break
        }
        fields.string(12, name)
    }
}
