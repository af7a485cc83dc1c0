internal import Primitives

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
