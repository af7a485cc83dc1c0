/// A value that may be absent and then is written as `null`.
///
/// The SDK writes no bytes for an absent optional. Callers that expect `null` get it from this type. It reads nil from
/// `null` and from no bytes.
public struct Nullable<Value: Codable & Sendable>: Codable, ExpressibleByNilLiteral, Sendable {
    public var value: Value?

    public init(_ value: Value?) {
        self.value = value
    }

    public init(nilLiteral: ()) {
        value = nil
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value {
            try container.encode(value)
        } else {
            try container.encodeNil()
        }
    }
}

extension Nullable: Equatable where Value: Equatable {}
