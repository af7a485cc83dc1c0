import CanonicalJSON
import RestateProtocol

/// Encodes and decodes the input or the output of a handler. A class, because a call holds two of
/// them.
final class PayloadCodec<Value>: Sendable {
    /// Who chose the format. A choice is replaced only by one that is as near to the payload.
    enum Choice: Int {
        case nobody, handler, payload
    }

    let description: PayloadDescription
    let decode: @Sendable (Bytes) throws -> Value
    let encode: @Sendable (Value) throws -> [UInt8]
    let choice: Choice
    /// Makes the codec of another format; nil if the value has no bytes.
    private let inFormat: (@Sendable (Format, Choice) -> PayloadCodec)?

    init(
        _ description: PayloadDescription, choice: Choice = .nobody,
        inFormat: (@Sendable (Format, Choice) -> PayloadCodec)? = nil,
        decode: @escaping @Sendable (Bytes) throws -> Value,
        encode: @escaping @Sendable (Value) throws -> [UInt8]
    ) {
        self.description = description
        self.decode = decode
        self.encode = encode
        self.choice = choice
        self.inFormat = inFormat
    }

    /// Returns the codec of another format, unless a nearer choice has been made.
    func chosen(_ format: Format?, by choice: Choice) -> PayloadCodec {
        guard let format, let inFormat, self.choice.rawValue <= choice.rawValue else {
            return self
        }
        return inFormat(format, choice)
    }

    /// Returns the codec as a service or an endpoint wants it.
    func coded(_ format: Format?, _ codec: (any JournalCodec)?) -> PayloadCodec {
        let chosen = chosen(format, by: .nobody)
        return codec.map(chosen.within) ?? chosen
    }

    /// Returns the codec of what goes into a journal whose values are encoded. A server has no use
    /// for the schema of encoded bytes.
    private func within(_ codec: any JournalCodec) -> PayloadCodec {
        var inFormat: (@Sendable (Format, Choice) -> PayloadCodec)?
        if let plain = self.inFormat {
            inFormat = { format, choice in plain(format, choice).within(codec) }
        }
        return PayloadCodec(
            PayloadDescription(contentType: description.contentType), choice: choice,
            inFormat: inFormat,
            decode: { [decode] in try decode(codec.removed(from: Array($0))[...]) },
            encode: { [encode] in try codec.applied(to: encode($0)) })
    }
}

/// Describes a payload for the manifest.
package struct PayloadDescription: Sendable {
    /// The content type; nil if there is no payload.
    package var contentType: String?
    /// Whether the server refuses an absent body.
    package var isRequired = false
    /// Makes the JSON schema of the type. It is called when a manifest needs it, and throws for a
    /// type that has no JSON.
    package var schema: @Sendable () throws -> [UInt8]? = { nil }
}

extension PayloadCodec {
    /// Makes the codec of an entry that cannot be called.
    static func failing(_ error: any Error) -> PayloadCodec {
        PayloadCodec(
            PayloadDescription(), decode: { _ in throw error }, encode: { _ in throw error })
    }
}

extension PayloadCodec where Value == Void {
    /// The codec of no value: it encodes to no bytes and ignores what it decodes.
    static let void = PayloadCodec(PayloadDescription(), decode: { _ in }, encode: { [] })
}

extension PayloadCodec where Value == [UInt8] {
    static func raw(contentType: String) -> PayloadCodec {
        PayloadCodec(
            PayloadDescription(contentType: contentType), choice: .payload,
            inFormat: { .formatted($0, $1) }, decode: { Array($0) }, encode: { $0 })
    }
}

extension PayloadCodec where Value: Codable & Sendable {
    /// Makes a JSON codec. For an optional type nil is encoded as no bytes, like an absent input or
    /// output.
    static func json() -> PayloadCodec {
        let isOptional = Value.self is any OptionalValue.Type
        let plain: @Sendable (Value) throws -> [UInt8] = { try JSON.encode($0) }
        let sparing: @Sendable (Value) throws -> [UInt8] = { value in
            if JSON.isAbsent(value) { return [] }
            return try JSON.encode(value)
        }
        return PayloadCodec(
            PayloadDescription(
                contentType: "application/json", isRequired: !isOptional,
                schema: { try JSON.schema(of: Value.self) }),
            inFormat: { .formatted($0, $1) },
            decode: { try Payload.decode($0) }, encode: isOptional ? sparing : plain)
    }

    /// Makes the codec of a format. For an optional type nil is encoded as no bytes here, too.
    static func formatted(_ format: Format, _ choice: Choice) -> PayloadCodec {
        let isOptional = Value.self is any OptionalValue.Type
        let isJSON = format.format is JSONFormat
        return PayloadCodec(
            PayloadDescription(
                contentType: format.format.contentType, isRequired: isJSON && !isOptional,
                schema: {
                    // Directly, because a format of the user's cannot throw.
                    if isJSON { return try JSON.schema(of: Value.self) }
                    return format.format.jsonSchema(of: Value.self).map { Array($0.utf8) }
                }),
            choice: choice, inFormat: { .formatted($0, $1) },
            decode: { bytes in
                if isOptional, bytes.isEmpty { return try Payload.decode(bytes) }
                return try Payload.decode(bytes, in: format)
            },
            encode: { value in
                if isOptional, JSON.isAbsent(value) { return [] }
                return try format.format.encode(value)
            })
    }
}

/// Decodes the inputs and outputs of handlers from JSON.
enum Payload {
    /// Decodes no bytes as nil, for an optional and other types that can be nil. For all others the
    /// JSON decoder throws its error for empty input.
    static func decode<Value: Decodable>(_ bytes: Bytes) throws -> Value {
        bytes.isEmpty ? try decodeNothing() : try JSON.decode(Value.self, from: bytes)
    }

    // Not inlined, because its casts would slow down every call of `decode`.
    @inline(never)
    private static func decodeNothing<Value: Decodable>() throws -> Value {
        if let none = (Value.self as? any ExpressibleByNilLiteral.Type)?.init(nilLiteral: ())
            as? Value
        {
            return none
        }
        return try JSON.decode(Value.self, from: [])
    }
}
