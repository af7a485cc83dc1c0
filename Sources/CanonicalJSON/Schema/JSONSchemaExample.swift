/// Makes an example value for a schema, for people who write a request by hand.
struct JSONSchemaExample {
    private static let maximumDepth = 16

    private let recorder: JSONSchemaRecorder

    init(_ recorder: JSONSchemaRecorder) { self.recorder = recorder }

    /// Returns an example, or nil if the schema does not say what is valid.
    func value(of shape: JSONSchemaShape) -> JSONValue? { value(of: shape, depth: 0) }

    private func value(of shape: JSONSchemaShape, depth: Int) -> JSONValue? {
        guard depth < Self.maximumDepth else { return nil }
        switch shape {
        case .anything: return nil
        case .leaf(let schema): return value(of: schema)
        case .array(let element):
            return .array(value(of: element, depth: depth + 1).map { [$0] } ?? [])
        case .map(let value, let name):
            return .object(self.value(of: value, depth: depth + 1).map { [name: $0] } ?? [:])
        case .nullable(let wrapped): return value(of: wrapped, depth: depth) ?? .null
        case .object(let fields): return object(fields, depth: depth)
        case .choice(let cases): return cases.first.flatMap { object([$0], depth: depth) }
        case .type(let type):
            if let example = recorder.described[type]?.example { return example }
            let inner = recorder.walkedShape(of: type)
            if case .type = inner { return nil }
            return value(of: inner, depth: depth + 1)
        }
    }

    /// Fills in optional members too, unless nothing is known about them, so that the reader sees
    /// what can be sent.
    private func object(_ fields: [JSONSchemaShape.Field], depth: Int) -> JSONValue? {
        var members: [String: JSONValue] = [:]
        for field in fields {
            let isRecursive = !field.isRequired && leadsBack(field.shape)
            if !isRecursive, let value = value(of: field.shape, depth: depth + 1) {
                members[field.name] = value
            } else if field.isRequired {
                return nil
            }
        }
        return .object(members)
    }

    /// Returns whether a type contains itself, in which case an example would never end.
    private func leadsBack(_ shape: JSONSchemaShape) -> Bool {
        switch shape {
        case .type(let type): recorder.recursive.contains(type)
        case .nullable(let inner), .array(let inner), .map(let inner, _): leadsBack(inner)
        case .anything, .leaf, .object, .choice: false
        }
    }

    private func value(of schema: JSONValue) -> JSONValue? {
        guard case .object(let members) = schema else { return nil }
        for name in ["examples", "enum"] {
            if case .array(let values) = members[name], let first = values.first { return first }
        }
        if let value = members["const"] ?? members["default"] { return value }
        guard members["pattern"] == nil, case .string(let type) = members["type"] else {
            return nil
        }
        switch type {
        case "string": return .string(text(members))
        case "integer": return .integer(1)
        case "number": return .number(1.5)
        case "boolean": return .bool(true)
        default: return nil
        }
    }

    private func text(_ members: [String: JSONValue]) -> String {
        if members["contentEncoding"] != nil { return "aGVsbG8=" }
        switch members["format"] {
        case .string("date-time"): return "2026-11-21T03:00:54.370Z"
        case .string("duration"): return "PT15M"
        case .string("uuid"): return "EE1EDE5B-61BF-4BFD-AD48-3853B3B1A8D7"
        case .string("uri-reference"): return "https://example.com/"
        default: return "text"
        }
    }
}
