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
