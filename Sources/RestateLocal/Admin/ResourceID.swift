/// Ids as a server writes them: a word for the kind, `_`, `1` for the way they are written, digits.
enum ResourceID {
    enum Kind: String {
        case invocation = "inv"
        case deployment = "dp"
        case subscription = "sub"

        /// The widths of its numbers.
        fileprivate var widths: [Int] {
            switch self {
            case .invocation: [11, 22]
            case .deployment, .subscription: [22]
            }
        }
    }

    private static let words = ["inv", "dp", "sub", "prom", "sign", "snap", "mut", "vq"]

    /// What is wrong with a text that should be such an id, in a server's words; nil if it is one.
    static func complaint(_ text: String, _ kind: Kind) -> String? {
        if text.isEmpty { return "bad length" }
        guard let separator = text.firstIndex(of: "_") else { return "bad format" }
        let word = String(text[..<separator])
        guard words.contains(word) else { return "unrecognized resource type: \(word)" }
        var digits = Array(text[separator...].utf8.dropFirst())[...]
        guard let way = digits.popFirst() else { return "bad length" }
        guard way == UInt8(ascii: "1") else { return "unrecognized codec version" }
        guard word == kind.rawValue else { return "id doesn't match the expected type" }
        for width in kind.widths {
            guard digits.count >= width else { return "bad length" }
            guard let number = Base62.decode(digits.prefix(width)), width > 11 || number.high == 0
            else { return "base62 decode error" }
            digits = digits.dropFirst(width)
        }
        return digits.isEmpty ? nil : "bad length"
    }
}
