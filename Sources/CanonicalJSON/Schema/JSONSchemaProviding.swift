/// A type that says itself what its JSON looks like.
///
/// Schemas of inputs and outputs are normally found by running `init(from:)` against a recorder.
/// That works for the conformances the compiler writes; a type that decodes by hand can give its
/// schema (JSON Schema, draft 2020-12) instead:
///
/// ```swift
/// extension Money: JSONSchemaProviding {
///     static let jsonSchema = #"{"type": "string", "pattern": "^[0-9]+ [A-Z]{3}$"}"#
/// }
/// ```
public protocol JSONSchemaProviding {
    static var jsonSchema: String { get }
}

/// A type that explains itself in its schema, for those who call a handler by hand: the CLI, the
/// server's playground, documentation made of it.
///
/// ```swift
/// extension Order: JSONSchemaDescribed {
///     static let jsonDescription: String? = "What somebody wants to buy"
///     static let jsonMemberDescriptions = ["seats": "As on the map, like B7"]
///     static let jsonExample: Order? = Order(seats: ["B7"], buyer: "alice")
/// }
/// ```
public protocol JSONSchemaDescribed: Encodable {
    static var jsonDescription: String? { get }
    /// By the names that the members have in JSON.
    static var jsonMemberDescriptions: [String: String] { get }
    /// Instead of the one that is made up from the types of the members.
    static var jsonExample: Self? { get }
}

extension JSONSchemaDescribed {
    public static var jsonDescription: String? { nil }
    public static var jsonMemberDescriptions: [String: String] { [:] }
    public static var jsonExample: Self? { nil }
}

extension JSONSchemaDescribed {
    static var example: JSONValue? {
        guard let example = jsonExample, let bytes = try? JSON.encode(example) else { return nil }
        return try? JSON.decode(JSONValue.self, from: bytes)
    }
}

extension JSON {
    /// The JSON Schema (draft 2020-12) of `type` as canonical JSON, or nil if nothing is known.
    ///
    /// The answer depends on the type alone. Where a part is not known (hand-written decoding), that
    /// part allows anything.
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
