/// Any JSON. Whole numbers stay exact, because seeds use all 64 bits, and differ from numbers with
/// a fraction or an exponent.
package enum FixtureJSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int128)
    case double(Double)
    case string(String)
    case array([FixtureJSON])
    case object([String: FixtureJSON])

    package subscript(_ key: String) -> FixtureJSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }
    package var object: [String: FixtureJSON]? {
        if case .object(let members) = self { members } else { nil }
    }
    package var array: [FixtureJSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
    package var integer: Int128? {
        if case .integer(let number) = self { number } else { nil }
    }
    package var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }
}

/// As JSON on one line, keys sorted: for messages of failed tests. Nobody reads long texts to their
/// end, and some have megabytes.
extension FixtureJSON: CustomStringConvertible {
    package var description: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): Self.quoted(text)
        case .array(let elements):
            "[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }
                .map { "\(Self.quoted($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text.prefix(2000) {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result + "\""
    }
}
