/// Checks a JSON value against the schemas of an OpenAPI document.
///
/// It is stricter than JSON Schema in two ways, because it checks our own answers: a member that
/// the schema does not name is a complaint, and so is an unknown keyword.
package struct JSONSchemaCheck {
    private let document: FixtureJSON

    package init(_ document: FixtureJSON) {
        self.document = document
    }

    /// Returns the complaints; none if the value fits.
    package func complaints(_ value: FixtureJSON, _ schema: FixtureJSON) -> [String] {
        complaints(value, schema, at: "$")
    }

    /// Resolves a reference of the document.
    package func resolved(_ reference: String) -> FixtureJSON? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(document) { place, name in
            place?[String(name.replacing("~1", with: "/").replacing("~0", with: "~"))]
        }
    }

    private static let keywords: Set = [
        "$ref", "type", "enum", "anyOf", "properties", "required", "additionalProperties", "items",
        "minimum", "maximum", "maxItems", "format", "description", "title", "example", "examples",
        "$schema", "$defs",
    ]

    private func complaints(
        _ value: FixtureJSON, _ schema: FixtureJSON, at place: String
    ) -> [String] {
        if schema == .bool(true) { return [] }
        guard let schema = schema.object else { return ["\(place): its schema is none: \(schema)"] }
        var found = schema.keys.filter { !Self.keywords.contains($0) }
            .map { "\(place): the keyword '\($0)' is not known here" }
        if let reference = schema["$ref"]?.string {
            guard let target = resolved(reference) else {
                return ["\(place): '\(reference)' leads nowhere"]
            }
            found += complaints(value, target, at: place)
        }
        if let type = schema["type"] {
            let types = type.array?.compactMap(\.string) ?? [type.string ?? ""]
            if !types.contains(where: { value.isOf(type: $0) }) {
                found.append("\(place): \(value) is no \(types.joined(separator: " or "))")
            }
        }
        if let words = schema["enum"]?.array, !words.contains(value) {
            found.append("\(place): \(value) is none of \(words)")
        }
        if let choices = schema["anyOf"]?.array {
            let each = choices.map { complaints(value, $0, at: place) }
            if each.allSatisfy({ !$0.isEmpty }) {
                found.append("\(place): \(value) fits no choice: \(each)")
            }
        }
        found += ofMembers(value, schema, at: place)
        found += ofSize(value, schema, at: place)
        if schema["format"]?.string == "date-time", value.string?.firstMatch(of: Self.moment) == nil
        {
            found.append("\(place): \(value) is no moment")
        }
        return found
    }

    private static var moment: Regex<Substring> {
        /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/
    }

    private func ofMembers(
        _ value: FixtureJSON, _ schema: [String: FixtureJSON], at place: String
    ) -> [String] {
        guard let members = value.object else { return [] }
        var found: [String] = []
        for name in schema["required"]?.array?.compactMap(\.string) ?? []
        where members[name] == nil {
            found.append("\(place): '\(name)' is not there")
        }
        let known = schema["properties"]?.object
        let others = schema["additionalProperties"]
        for (name, member) in members {
            if let schema = known?[name] {
                found += complaints(member, schema, at: "\(place).\(name)")
            } else if let others, others != .bool(false) {
                found += complaints(member, others, at: "\(place).\(name)")
            } else if known != nil || others != nil {
                found.append("\(place): '\(name)' is not described")
            }
        }
        return found
    }

    private func ofSize(
        _ value: FixtureJSON, _ schema: [String: FixtureJSON], at place: String
    ) -> [String] {
        var found: [String] = []
        if let elements = value.array {
            if let most = schema["maxItems"]?.integer, elements.count > most {
                found.append("\(place): more than \(most) elements")
            }
            for (index, element) in elements.enumerated() {
                guard let schema = schema["items"] else { break }
                found += complaints(element, schema, at: "\(place)[\(index)]")
            }
        }
        if let number = value.integer {
            if let least = schema["minimum"]?.integer, number < least {
                found.append("\(place): \(number) is less than \(least)")
            }
            if let most = schema["maximum"]?.integer, number > most {
                found.append("\(place): \(number) is more than \(most)")
            }
        }
        return found
    }
}

extension FixtureJSON {
    fileprivate func isOf(type: String) -> Bool {
        switch (self, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"),
            (.double, "number"), (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }
}
