/// The target of a request: its segments as they came, and its query.
struct PathText {
    /// With the query, as it came.
    let full: String
    /// Without any slashes at the ends.
    let segments: [Substring]
    private let query: Substring?

    init(_ full: String) {
        self.full = full
        let parts = full.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        query = parts.count > 1 ? parts[1] : nil
        var path = parts.first ?? ""
        while path.first == "/" { path.removeFirst() }
        while path.last == "/" { path.removeLast() }
        segments = path.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// Without the query.
    var path: String { "/" + segments.joined(separator: "/") }

    /// A value of the query, decoded; the name's case does not matter.
    func parameter(_ name: String) -> String? {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, first.lowercased() == name else { continue }
            let value = parts.count > 1 ? parts[1] : ""
            // What does not decode is a value, too: one that means nothing to anybody.
            return PercentEncoding.decode(value.replacing("+", with: " ")) ?? "\u{FFFD}"
        }
        return nil
    }
}

enum PercentEncoding {
    /// Nil if what is encoded is no UTF-8. A percent sign that begins nothing stands for itself.
    static func decode(_ text: some StringProtocol) -> String? {
        let source = Array(text.utf8)
        guard source.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let high = digit(source[index + 1]), let low = digit(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
