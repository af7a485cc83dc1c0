import CanonicalJSON
import RestateProtocol

/// Encodes and decodes the input or the output of a handler.
struct PayloadCodec<Value>: Sendable {
    let description: PayloadDescription
    let decode: @Sendable (Bytes) throws -> Value
    let encode: @Sendable (Value) throws -> [UInt8]
}

/// Describes a payload for the manifest.
struct PayloadDescription: Sendable {
    /// The content type; nil if there is no payload.
    var contentType: String?
    /// Whether the server refuses an absent body.
    var isRequired = false
    /// Makes the JSON schema of the type. It is called when a manifest needs it.
    var schema: @Sendable () -> [UInt8]? = { nil }
}

extension PayloadCodec {
    /// Makes the codec of an entry that cannot be called.
    static func failing(_ error: any Error) -> Self {
        Self(
            description: PayloadDescription(), decode: { _ in throw error },
            encode: { _ in throw error })
    }
}

extension PayloadCodec where Value == Void {
    /// The codec of no value: it encodes to no bytes and ignores what it decodes.
    static let void = PayloadCodec(
        description: PayloadDescription(), decode: { _ in }, encode: { [] })
}

extension PayloadCodec where Value == [UInt8] {
    static func raw(contentType: String) -> Self {
        Self(
            description: PayloadDescription(contentType: contentType),
            decode: { Array($0) }, encode: { $0 })
    }
}

extension PayloadCodec where Value: Codable & Sendable {
    /// Makes a JSON codec. For an optional type nil is encoded as no bytes, like an absent input or
    /// output.
    static func json() -> Self {
        let isOptional = Value.self is any OptionalValue.Type
        let plain: @Sendable (Value) throws -> [UInt8] = { try JSON.encode($0) }
        let sparing: @Sendable (Value) throws -> [UInt8] = { value in
            if JSON.isAbsent(value) { return [] }
            return try JSON.encode(value)
        }
        return Self(
            description: PayloadDescription(
                contentType: "application/json", isRequired: !isOptional,
                schema: { JSON.schema(of: Value.self) }),
            decode: { try Payload.decode($0) }, encode: isOptional ? sparing : plain)
    }
}

/// Decodes the inputs and outputs of handlers from JSON.
enum Payload {
    /// Decodes an optional without bytes as nil. For other types the JSON decoder throws its error
    /// for empty input.
    static func decode<Value: Decodable>(_ bytes: Bytes) throws -> Value {
        bytes.isEmpty ? try decodeNothing() : try JSON.decode(Value.self, from: bytes)
    }

    // Not inlined, because its casts would slow down every call of `decode`.
    @inline(never)
    private static func decodeNothing<Value: Decodable>() throws -> Value {
        if let optional = Value.self as? any OptionalValue.Type,
            let none = optional.absent as? Value
        {
            return none
        }
        return try JSON.decode(Value.self, from: [])
    }
}
