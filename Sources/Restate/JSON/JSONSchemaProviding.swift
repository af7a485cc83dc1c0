/// A type that says itself what its JSON looks like.
///
/// Schemas of inputs and outputs are normally found by running `init(from:)` against a recorder.
/// That works for the conformances the compiler writes; a type that decodes by hand, or an enum with
/// associated values, can give its schema (JSON Schema, draft 2020-12) instead:
///
/// ```swift
/// extension Money: JSONSchemaProviding {
///     static let jsonSchema = #"{"type": "string", "pattern": "^[0-9]+ [A-Z]{3}$"}"#
/// }
/// ```
public protocol JSONSchemaProviding {
    static var jsonSchema: String { get }
}

extension JSON {
    /// The JSON Schema (draft 2020-12) of `type` as canonical JSON, or nil if nothing is known.
    ///
    /// The answer depends on the type alone. Where a part is not known (hand-written decoding,
    /// enums with associated values), that part allows anything.
    package static func schema<T>(of type: T.Type) -> [UInt8]? {
        var schema: JSONValue?
        let recorder = JSONSchemaRecorder()
        if let type = type as? any Decodable.Type {
            let shape = recorder.shape(of: type)
            if shape != .anything { schema = JSONSchemaPrinter(recorder).document(shape) }
        } else if let type = type as? any JSONSchemaProviding.Type {
            schema = JSONValue(parsing: type.jsonSchema)
        }
        return schema.flatMap { try? encode($0) }
    }
}

/// Any JSON at all.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init?(parsing text: String) {
        guard let value = try? JSON.decode(JSONValue.self, from: Array(text.utf8)) else {
            return nil
        }
        self = value
    }
}

extension JSONValue: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
