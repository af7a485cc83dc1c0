import CanonicalJSON
import Primitives

/// Checks the JSON Schema of a handler: known types, and references that lead to a place in the
/// schema.
///
/// It is not a full check. It refuses what would keep tools from reading the schemas of an
/// endpoint.
enum SchemaCheck {
    private static let types: Set<String> = [
        "array", "boolean", "integer", "null", "number", "object", "string",
    ]
    /// Keywords whose value is one schema, in the next set a list of schemas, and in the last one
    /// schemas by name.
    private static let ones: Set<String> = [
        "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then",
        "unevaluatedItems", "unevaluatedProperties",
    ]
    private static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    private static let maps: Set<String> = [
        "$defs", "definitions", "dependentSchemas", "patternProperties", "properties",
    ]

    /// Returns what is wrong with a schema; nil if nothing is.
    static func complaint(_ schema: JSONValue) -> String? {
        complaint(schema, at: "#", in: schema)
    }

    private static func complaint(
        _ schema: JSONValue, at place: String, in document: JSONValue
    ) -> String? {
        guard case .object(let members) = schema else {
            if case .bool = schema { return nil }
            return "\(place) is neither an object nor a boolean"
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let place = "\(place)/\(name)"
            let found =
                if name == "type" {
                    typeComplaint(value, at: place)
                } else if name == "$ref" {
                    referenceComplaint(value, at: place, in: document)
                } else if ones.contains(name) {
                    many(elements(value) ?? [value], at: place, in: document)
                } else if lists.contains(name) {
                    elements(value).map { many($0, at: place, in: document) }
                        ?? "\(place) is not a list of schemas"
                } else if maps.contains(name) {
                    map(value, at: place, in: document)
                } else {
                    nil as String?
                }
            if let found { return found }
        }
        return nil
    }

    private static func elements(_ value: JSONValue) -> [JSONValue]? {
        if case .array(let elements) = value { elements } else { nil }
    }

    private static func many(
        _ schemas: [JSONValue], at place: String, in document: JSONValue
    ) -> String? {
        for schema in schemas {
            if let found = complaint(schema, at: place, in: document) { return found }
        }
        return nil
    }

    private static func map(
        _ value: JSONValue, at place: String, in document: JSONValue
    ) -> String? {
        guard case .object(let members) = value else {
            return "\(place) is not an object with schemas"
        }
        for (name, schema) in members.sorted(by: { $0.key < $1.key }) {
            if let found = complaint(schema, at: "\(place)/\(name)", in: document) { return found }
        }
        return nil
    }

    private static func typeComplaint(_ value: JSONValue, at place: String) -> String? {
        for name in elements(value) ?? [value] {
            guard case .string(let name) = name, types.contains(name) else {
                return "\(place) is none of \(types.sorted().joined(separator: ", "))"
            }
        }
        return nil
    }

    /// Checks that a reference leads somewhere. No other document is fetched, and references to
    /// anchors are not followed.
    private static func referenceComplaint(
        _ value: JSONValue, at place: String, in document: JSONValue
    ) -> String? {
        guard case .string(let target) = value else { return "\(place) is not a string" }
        guard target.hasPrefix("#") else {
            let isOfTheLanguage =
                target.hasPrefix("http://json-schema.org/")
                || target.hasPrefix("https://json-schema.org/")
            return !target.contains("://") || isOfTheLanguage || hasIDs(document)
                ? nil : "\(place) refers to '\(target)', and nothing is fetched from elsewhere"
        }
        guard target == "#" || target.hasPrefix("#/") else { return nil }
        var here = document
        for part in target.dropFirst().split(separator: "/") {
            let name = (PercentEncoding.decode(part) ?? String(part))
                .replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = child(name, of: here) else {
                return "\(place) leads nowhere: '\(target)'"
            }
            here = next
        }
        return nil
    }

    private static func child(_ name: String, of value: JSONValue) -> JSONValue? {
        switch value {
        case .object(let members): members[name]
        case .array(let elements):
            Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
        default: nil
        }
    }

    /// Whether a part of the schema has an address of its own, so that an absolute reference may
    /// mean it.
    private static func hasIDs(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.contains(where: hasIDs)
        case .object(let members):
            members["$id"] != nil || members.values.contains(where: hasIDs)
        default: false
        }
    }
}
