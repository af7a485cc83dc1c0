/// Checks requests and answers against an OpenAPI document.
package struct OpenAPICheck {
    package let document: FixtureJSON
    private let check: JSONSchemaCheck

    package init(_ document: FixtureJSON) {
        self.document = document
        check = JSONSchemaCheck(document)
    }

    /// The references of the document that cannot be resolved.
    package var danglingReferences: [String] { dangling(in: document) }

    private func dangling(in value: FixtureJSON) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap { dangling(in: $0) }
        case .object(let members):
            members.flatMap { name, member in
                if name == "$ref", let target = member.string {
                    return check.resolved(target) == nil ? [target] : []
                }
                return dangling(in: member)
            }
        default: []
        }
    }

    package func operation(_ method: String, _ path: String) -> FixtureJSON? {
        document["paths"]?[path]?[method.lowercased()]
    }

    /// Returns how an answer differs from the document, in its status, its content type or its
    /// body.
    ///
    /// - Parameter code: nil for a status that the document does not name, so that `default`
    ///   applies.
    package func complaints(
        answer body: [UInt8], status code: Int?, contentType: String?, to method: String,
        _ path: String
    ) -> [String] {
        guard let operation = operation(method, path) else {
            return ["\(method) \(path) is not described"]
        }
        let status = code.map { String($0) } ?? "default"
        guard let described = operation["responses"]?[status] else {
            return ["\(method) \(path): the status \(status) is not described"]
        }
        let response = described["$ref"]?.string.flatMap(check.resolved) ?? described
        // A refusal may have no body.
        guard !body.isEmpty else {
            let mayBeEmpty = response["content"] == nil || !status.hasPrefix("2")
            return mayBeEmpty ? [] : ["\(path): the body is missing"]
        }
        let type = String((contentType ?? "").prefix { $0 != ";" })
        guard let form = response["content"]?[type] else {
            return ["\(method) \(path), \(status): the content type '\(type)' is not described"]
        }
        guard let schema = form["schema"] else { return [] }
        guard let value = try? FixtureJSON(parsing: body) else { return ["\(path): no JSON"] }
        return check.complaints(value, schema).map { "\(method) \(path), \(status): \($0)" }
    }

    package func complaints(request body: [UInt8], to method: String, _ path: String) -> [String] {
        let schema = operation(method, path)?["requestBody"]?["content"]?["application/json"]?[
            "schema"]
        guard let schema else { return ["\(method) \(path): no body is described"] }
        guard let value = try? FixtureJSON(parsing: body) else { return ["\(path): no JSON"] }
        return check.complaints(value, schema).map { "\(method) \(path), request: \($0)" }
    }
}
