/// Any JSON value. Whole numbers are exact, because seeds use all 64 bits. They differ from numbers
/// with a fraction or an exponent.
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

/// Prints JSON on one line with sorted keys, for the messages of failed tests. Long texts are cut,
/// because some have megabytes.
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
