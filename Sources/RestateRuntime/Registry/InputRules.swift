import Primitives

/// The rules for a request's body that follow from the handler's manifest. They are tried in order,
/// and one must match; else the sender is told what the last one demands. A server does the same.
package struct InputRules: Sendable {
    private enum Rule: Sendable {
        case noBodyNoContentType
        case contentType(String, bodyRequired: Bool)
    }

    private var rules: [Rule] = []

    init(_ input: ManifestInput?) {
        guard let input else {
            rules = [.noBodyNoContentType, .contentType("*/*", bodyRequired: false)]
            return
        }
        if !input.isRequired { rules.append(.noBodyNoContentType) }
        if let type = input.contentType {
            rules.append(.contentType(type, bodyRequired: input.jsonSchema != nil))
        }
    }

    /// Returns nil if the request satisfies a rule, else the text for its sender.
    package func complaint(contentType: String?, bodyIsEmpty: Bool) -> String? {
        var last = "bad configuration of the input validation rules"
        for rule in rules {
            guard let found = complaint(rule, contentType, bodyIsEmpty) else { return nil }
            last = found
        }
        return "input validation error: " + last
    }

    private func complaint(_ rule: Rule, _ type: String?, _ bodyIsEmpty: Bool) -> String? {
        switch rule {
        case .noBodyNoContentType:
            if type != nil { return "Expected no body and no content-type" }
            return bodyIsEmpty ? nil : "Expected empty body"
        case .contentType(let expected, let bodyRequired):
            guard let type else { return "Empty content-type" }
            if !matches(type, expected) {
                return "Content-type '\(type)' does not match '\(expected)'"
            }
            return bodyRequired && bodyIsEmpty ? "Empty body not allowed" : nil
        }
    }

    /// Compares content types with regard to case, as a server does. Parameters and spaces of the
    /// request's do not count.
    private func matches(_ type: String, _ expected: String) -> Bool {
        if expected == "*/*" { return true }
        let plain = type.utf8.lazy.prefix { $0 != UInt8(ascii: ";") }
            .filter { $0 != UInt8(ascii: " ") }
        if expected.hasSuffix("/*") { return plain.starts(with: expected.utf8.dropLast()) }
        return plain.elementsEqual(expected.utf8)
    }
}

extension HandlerRecord {
    /// The content type of the handler's answer; nil if the answer has none.
    func outputContentType(bodyIsEmpty: Bool) -> String? {
        guard let output else { return bodyIsEmpty ? nil : "application/json" }
        guard let type = output.contentType else { return nil }
        return bodyIsEmpty && !output.setContentTypeIfEmpty ? nil : type
    }
}
