import CanonicalJSON

/// Canonical JSON: equal values have equal bytes.
struct JSONFormat: PayloadFormat {
    var contentType = "application/json"

    func encode<Value: Encodable & Sendable>(_ value: Value) throws -> [UInt8] {
        try JSON.encode(value)
    }

    func decode<Value: Decodable & Sendable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value {
        try JSON.decode(type, from: bytes)
    }

    func jsonSchema<Value>(of type: Value.Type) -> String? {
        (try? JSON.schema(of: type)).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// UTF-8 text without quotes.
struct TextFormat: PayloadFormat {
    var contentType = "text/plain"

    func encode<Value: Encodable & Sendable>(_ value: Value) throws -> [UInt8] {
        guard let text = value as? any LosslessStringConvertible else {
            throw FormatError("\(Value.self) cannot be written as text")
        }
        return Array(text.description.utf8)
    }

    func decode<Value: Decodable & Sendable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FormatError("the text is not UTF-8")
        }
        // An optional string too.
        if let value = text as? Value { return value }
        guard let type = type as? any LosslessStringConvertible.Type else {
            throw FormatError("\(Value.self) cannot be read from text")
        }
        guard let value = type.init(text) as? Value else {
            throw FormatError("'\(text.prefix(100))' is no \(Value.self)")
        }
        return value
    }
}

/// Bytes as they are.
struct BytesFormat: PayloadFormat {
    var contentType = "application/octet-stream"

    func encode<Value: Encodable & Sendable>(_ value: Value) throws -> [UInt8] {
        if let bytes = value as? [UInt8] { return bytes }
        if let bytes = value as? ArraySlice<UInt8> { return Array(bytes) }
        if let bytes = Self.bytes(ofData: value) { return bytes }
        throw FormatError(Self.problem(of: Value.self))
    }

    func decode<Value: Decodable & Sendable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value {
        // Optionals of these too.
        if let value = bytes as? Value { return value }
        if let value = bytes[...] as? Value { return value }
        if let value = Self.data(bytes, as: type) { return value }
        throw FormatError(Self.problem(of: Value.self))
    }

    private static func problem<Value>(of type: Value.Type) -> String {
        "\(Value.self) is not made of bytes, as \(types)"
    }
}

/// The error for a value that a format does not have.
struct FormatError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
