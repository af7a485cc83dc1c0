internal import Primitives

/// The target of a request: its segments, not decoded, and its query.
struct PathText {
    /// The path with its query, not decoded.
    let full: String
    /// The parts between the slashes, without slashes at the ends.
    let segments: [Substring]
    private let query: Substring?

    init(_ full: String) {
        self.full = full
        let bytes = full.utf8
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        query = mark.map { full[bytes.index(after: $0)...] }
        let slash = UInt8(ascii: "/")
        var path = bytes[..<(mark ?? bytes.endIndex)]
        while path.first == slash { path.removeFirst() }
        while path.last == slash { path.removeLast() }
        segments = path.split(separator: slash, omittingEmptySubsequences: false)
            .map { Substring($0) }
    }

    /// The path without the query.
    var path: String { "/" + segments.joined(separator: "/") }

    /// Returns a decoded value of the query. The name's case does not matter.
    func parameter(_ name: String) -> String? {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, first.lowercased() == name else { continue }
            let value = parts.count > 1 ? parts[1] : ""
            // A value that cannot be decoded is still present. The replacement character makes
            // every parser refuse it.
            return PercentEncoding.decode(value.replacing("+", with: " ")) ?? "\u{FFFD}"
        }
        return nil
    }
}
