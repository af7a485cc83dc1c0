/// A terminal failure, which is the result of an invocation, a run, a promise or an awakeable.
package struct Failure: FieldCoded {
    package var code: UInt32 = 0
    package var message = ""
    package var metadata: [Header] = []

    package init() {}
    package init(code: UInt32, message: String, metadata: [Header] = []) {
        self.code = code
        self.message = message
        self.metadata = metadata
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: code = try fields.uint32(field)
        case 2: message = try fields.string(field)
        case 3: metadata.append(try fields.message(field))
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.uint32(1, code)
        fields.string(2, message)
        fields.messages(3, metadata)
    }
}

/// A pair of texts, which is a header of a request or an entry of a failure's metadata.
package struct Header: FieldCoded {
    package var key = ""
    package var value = ""

    package init() {}
    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: key = try fields.string(field)
        case 2: value = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, key)
        fields.string(2, value)
    }
}

/// A successful result or a failure.
///
/// On the wire this is a choice of two fields, whose numbers depend on the message.
package enum ValueOrFailure: Equatable, Sendable {
    case value(Bytes)
    case failure(Failure)
}
