/// A conforming type declares the schema of its JSON itself.
///
/// The SDK normally finds the schema of an input or output by running `init(from:)` on a recording
/// decoder. That works for conformances that the compiler synthesises. A type that decodes by hand
/// can provide its schema (JSON Schema, draft 2020-12) instead:
///
/// ```swift
/// extension Money: JSONSchemaProviding {
///     static let jsonSchema = #"{"type": "string", "pattern": "^[0-9]+ [A-Z]{3}$"}"#
/// }
/// ```
public protocol JSONSchemaProviding {
    /// The schema as the text of a JSON object. If it is no JSON, the type counts as any JSON.
    static var jsonSchema: String { get }
}

/// A conforming type documents its schema for people who call a handler by hand: in the CLI, in the
/// server's playground, in generated documentation.
///
/// ```swift
/// extension Order: JSONSchemaDescribed {
///     static let jsonDescription: String? = "What somebody wants to buy"
///     static let jsonMemberDescriptions = ["seats": "As on the map, like B7"]
///     static let jsonExample: Order? = Order(seats: ["B7"], buyer: "alice")
/// }
/// ```
public protocol JSONSchemaDescribed: Encodable {
    /// What the type means, in a sentence; nil to say nothing.
    static var jsonDescription: String? { get }
    /// The descriptions of the members, by their names in JSON.
    static var jsonMemberDescriptions: [String: String] { get }
    /// The example, instead of one that is generated from the types of the members.
    static var jsonExample: Self? { get }
}

extension JSONSchemaDescribed {
    /// Nothing is said, unless the type says it.
    public static var jsonDescription: String? { nil }
    /// No member is described, unless the type does it.
    public static var jsonMemberDescriptions: [String: String] { [:] }
    /// An example is generated, unless the type gives one.
    public static var jsonExample: Self? { nil }
}

extension JSONSchemaDescribed {
    static var example: JSONValue? {
        guard let example = jsonExample, let bytes = try? JSON.encode(example) else { return nil }
        return try? JSON.decode(JSONValue.self, from: bytes)
    }
}

extension JSON {
    /// Returns the JSON Schema (draft 2020-12) of `type` as canonical JSON, or nil if nothing is
    /// known.
    ///
    /// The result depends on the type alone. A part that is not known, because it is decoded by
    /// hand, allows anything.
    /// - Throws: an error that names a type within `type` that has no JSON.
    package static func schema<T>(of type: T.Type) throws -> [UInt8]? {
        var schema: JSONValue?
        let recorder = JSONSchemaRecorder()
        if let type = type as? any Decodable.Type {
            let shape = recorder.shape(of: type)
            if let refusal = recorder.refusal { throw refusal }
            if shape != .anything { schema = JSONSchemaPrinter(recorder).document(shape) }
        } else if let type = type as? any JSONSchemaProviding.Type {
            schema = JSONValue(parsing: type.jsonSchema)
        }
        return schema.flatMap { try? encode($0) }
    }
}
