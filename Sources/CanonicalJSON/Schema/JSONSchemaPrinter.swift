/// Prints shapes as a JSON Schema. A type is printed inline where it is used. Only types that
/// contain themselves are in `$defs`.
final class JSONSchemaPrinter {
    private static let maximumDepth = 64
    /// The limit for the parts of a schema, because types that are used often are printed often.
    /// Beyond it anything is allowed.
    private static let maximumParts = 2000

    private let recorder: JSONSchemaRecorder
    private var parts = 0
    private var names: [ObjectIdentifier: String] = [:]
    private var definitions: [String: JSONValue] = [:]

    init(_ recorder: JSONSchemaRecorder) { self.recorder = recorder }

    func document(_ shape: JSONSchemaShape) -> JSONValue {
        let schema = print(shape, depth: 0)
        guard case .object(var members) = schema else { return schema }
        if !definitions.isEmpty { members["$defs"] = .object(definitions) }
        if case .nullable(.type(let type)) = shape {
            members["title"] = recorder.names[type].map { .string($0) }
        }
        if members["examples"] == nil, let example = JSONSchemaExample(recorder).value(of: shape) {
            members["examples"] = .array([example])
        }
        return .object(members)
    }

    private func print(_ shape: JSONSchemaShape, depth: Int) -> JSONValue {
        parts += 1
        guard parts <= Self.maximumParts, depth < Self.maximumDepth else { return .object([:]) }
        switch shape {
        case .anything: return .object([:])
        case .leaf(let schema): return schema
        case .array(let element):
            return .object(["type": "array", "items": print(element, depth: depth + 1)])
        case .map(let value, _):
            return .object([
                "type": "object", "additionalProperties": print(value, depth: depth + 1),
            ])
        case .nullable(.anything): return .object([:])
        case .nullable(.nullable(let wrapped)): return print(.nullable(wrapped), depth: depth)
        case .nullable(let wrapped):
            let null = JSONValue.object(["type": "null"])
            return .object(["anyOf": .array([print(wrapped, depth: depth + 1), null])])
        case .object(let fields): return object(fields, depth: depth)
        case .choice(let cases):
            let forms = cases.map { object([$0], depth: depth + 1) }
            return .object(["oneOf": .array(forms)])
        case .type(let type):
            guard recorder.recursive.contains(type) else {
                return body(type, depth: depth)
            }
            return reference(type, depth: depth)
        }
    }

    private func body(_ type: ObjectIdentifier, depth: Int) -> JSONValue {
        let shape = recorder.walkedShape(of: type)
        if case .type = shape { return .object([:]) }
        guard case .object(var members) = print(shape, depth: depth) else { return .object([:]) }
        members["title"] = recorder.names[type].map { .string($0) }
        guard let described = recorder.described[type] else { return .object(members) }
        members["description"] = described.jsonDescription.map { .string($0) }
        if case .object(var properties) = members["properties"] {
            for (name, text) in described.jsonMemberDescriptions {
                guard case .object(var property) = properties[name] else { continue }
                property["description"] = .string(text)
                properties[name] = .object(property)
            }
            members["properties"] = .object(properties)
        }
        return .object(members)
    }

    private func object(_ fields: [JSONSchemaShape.Field], depth: Int) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields { properties[field.name] = print(field.shape, depth: depth + 1) }
        var members: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map(\.name).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        return .object(members)
    }

    private func reference(_ type: ObjectIdentifier, depth: Int) -> JSONValue {
        if let name = names[type] { return .object(["$ref": .string("#/$defs/\(name)")]) }
        let base = String(
            (recorder.names[type] ?? "").map { character in
                character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
            })
        var name = base
        var number = 1
        while definitions[name] != nil {
            number += 1
            name = base + "\(number)"
        }
        names[type] = name
        definitions[name] = .null  // Reserves the name, because the body may refer to it.
        definitions[name] = body(type, depth: depth + 1)
        return .object(["$ref": .string("#/$defs/\(name)")])
    }
}
