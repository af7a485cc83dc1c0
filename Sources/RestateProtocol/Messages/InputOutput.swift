/// The first command of every journal: the headers and the value that the invocation was called
/// with.
package struct InputCommand: CommandMessage {
    package static let type = MessageType.inputCommand
    package static let word = "handler input"
    package var headers: [Header] = []
    package var value: Bytes?
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: headers.append(try fields.message(field))
        case 12: name = try fields.string(field)
        case 14: value = try fields.value(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.messages(1, headers)
        fields.string(12, name)
        if let value { fields.value(14, value) }
    }

    /// Nothing is compared: the code cannot issue this command, it only reads it.
    package func compare(with recorded: Self, into comparison: inout Comparison) {}
}

extension InputCommand {
    /// Reads only the value, which is empty if there is none. Headers are skipped here, because
    /// most handlers never look at them.
    package static func value(in payload: Bytes) throws(WireError) -> Bytes {
        try InputValue(decoding: payload).value
    }
}

/// Decodes the value of an input command and skips its other fields.
private struct InputValue: FieldCoded {
    var value: Bytes = []

    mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 14: value = try fields.value(field)
        default: try fields.skip(field)
        }
    }

    func encode(into fields: inout FieldWriter) {
        fields.value(14, value)
    }
}

/// The result of the invocation. `End` follows.
package struct OutputCommand: CommandMessage {
    package static let type = MessageType.outputCommand
    package static let word = "handler return"
    package var result: ValueOrFailure?
    package var name = ""

    package init() {}
    package init(result: ValueOrFailure) {
        self.result = result
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 12: name = try fields.string(field)
        case 14: result = .value(try fields.value(field))
        case 15: result = .failure(try fields.message(field))
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(12, name)
        switch result {
        case .value(let value): fields.value(14, value)
        case .failure(let failure): fields.message(15, failure)
        case nil: break
        }
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.result("result", recorded.result, result)
        comparison.check("name", recorded.name, name)
    }
}
