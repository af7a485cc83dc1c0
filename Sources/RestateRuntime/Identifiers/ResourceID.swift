internal import RestateProtocol

/// Checks ids in a server's format: a word for the kind, `_`, the format's version `1`, and digits.
package enum ResourceID {
    package enum Kind: String, Sendable {
        case invocation = "inv"
        case deployment = "dp"
        case subscription = "sub"
        /// Its digits are base64url, which the caller has decoded before.
        case awakeable = "prom"

        /// The number of digits of each number in the id.
        fileprivate var widths: [Int] {
            switch self {
            case .invocation: [11, 22]
            case .deployment, .subscription: [22]
            case .awakeable: [38]
            }
        }
    }

    private static let words = ["inv", "dp", "sub", "prom", "sign", "snap", "part", "mut", "vq"]

    /// Returns what is wrong with an id, in the words of a server's error; nil if it is valid.
    package static func complaint(_ text: some StringProtocol, _ kind: Kind) -> String? {
        if text.isEmpty { return "bad length" }
        guard let separator = text.firstIndex(of: "_") else { return "bad format" }
        let word = String(text[..<separator])
        guard words.contains(word) else { return "unrecognized resource type: \(word)" }
        var digits = Array(text[separator...].utf8.dropFirst())[...]
        guard let way = digits.popFirst() else { return "bad length" }
        guard way == UInt8(ascii: "1") else { return "unrecognized codec version" }
        guard word == kind.rawValue else { return "id doesn't match the expected type" }
        if kind == .awakeable {
            return digits.count == kind.widths[0] ? "base62 decode error" : "bad length"
        }
        for width in kind.widths {
            guard digits.count >= width else { return "bad length" }
            guard let number = Base62.decode(digits.prefix(width)), width > 11 || number.high == 0
            else { return "base62 decode error" }
            digits = digits.dropFirst(width)
        }
        return digits.isEmpty ? nil : "bad length"
    }
}
