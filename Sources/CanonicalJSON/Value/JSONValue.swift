/// A value of this type is any JSON, for what has no type of its own: an input that is only passed on, say.
///
/// ```swift
/// func keep(_ ctx: ObjectContext, value: JSONValue) async throws { ctx.set(Self.value, value) }
/// ```
/// The SDK writes a number with the digits with which it was read. Of members with equal names the last one
/// counts, as in JavaScript.
public enum JSONValue: Codable, Hashable, Sendable {
    /// The JSON `null`.
    case null
    /// The JSON `true` or `false`.
    case bool(Bool)
    /// A number without a fraction that `Int` can hold.
    case integer(Int)
    /// A number that `Double` prints with the digits that it had.
    case number(Double)
    /// A number that neither `Int` nor `Double` would print with the same digits, as it was read.
    case digits(String)
    /// A text, with its escapes undone.
    case string(String)
    /// A list, in its order.
    case array([JSONValue])
    /// An object. Its members have no order, and are written sorted by their names.
    case object([String: JSONValue])

    init?(parsing text: String) {
        guard let value = try? JSON.decode(JSONValue.self, from: Array(text.utf8)[...]) else {
            return nil
        }
        self = value
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .digits(let value): try container.encode(Double(value))
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue {
    /// Takes the JSON of a value.
    ///
    /// ```swift
    /// let value = try JSONValue(of: Order(seats: ["B7"]))
    /// ```
    /// - Throws: an `EncodingError` if the value has no JSON, as a number that is infinite.
    public init(of value: some Encodable) throws {
        self = try JSON.decode(JSONValue.self, from: JSON.encode(value))
    }

    /// Reads a value of a type from the JSON.
    ///
    /// ```swift
    /// let order = try value.decoded(as: Order.self)
    /// ```
    /// - Throws: a `DecodingError` if the JSON is not that of such a value.
    public func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSON.decode(type, from: JSON.encode(self))
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}
