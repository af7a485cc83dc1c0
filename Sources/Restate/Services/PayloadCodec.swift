import CanonicalJSON
import RestateProtocol

/// How an input or output becomes bytes and back.
struct PayloadCodec<Value>: Sendable {
    let description: PayloadDescription
    let decode: @Sendable (Bytes) throws -> Value
    let encode: @Sendable (Value) throws -> [UInt8]
}

/// What the manifest says of a payload.
struct PayloadDescription: Sendable {
    /// Nil for no payload at all.
    var contentType: String?
    /// An absent body is an error.
    var isRequired = false
    /// The JSON schema of a type, worked out when a manifest asks for it.
    var schema: @Sendable () -> [UInt8]? = { nil }
}

extension PayloadCodec {
    /// For a call that cannot be made.
    static func failing(_ error: any Error) -> Self {
        Self(
            description: PayloadDescription(), decode: { _ in throw error },
            encode: { _ in throw error })
    }
}

extension PayloadCodec where Value == Void {
    /// Nothing: zero bytes out, and whatever comes in is not looked at.
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
    /// An optional that is nil is zero bytes, like no input or no output.
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

/// What handlers are given and answer, as JSON.
enum Payload {
    /// Zero bytes are `nil` for an optional; for any other type JSON says what it misses.
    static func decode<Value: Decodable>(_ bytes: Bytes) throws -> Value {
        bytes.isEmpty ? try decodeNothing() : try JSON.decode(Value.self, from: bytes)
    }

    // Not inlined: its casts would be prepared for in every call of `decode`.
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
