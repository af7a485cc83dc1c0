import Foundation

/// Reads the tables of `docs/guide/bounds.md`, which tests compare with the code.
package enum GuideTable {
    /// Returns the rows below a heading, verbatim, without the head of the table.
    package static func rows(below heading: String) throws -> [String] {
        let guide = try Fixtures.text(inPackage: "docs/guide/bounds.md")
        guard let start = guide.range(of: "\n\(heading)\n")?.upperBound else {
            throw FixtureError("docs/guide/bounds.md has no heading '\(heading)'")
        }
        let lines = guide[start...].split(separator: "\n").prefix { !$0.hasPrefix("#") }
        return lines.filter { $0.hasPrefix("| ") }.dropFirst(2).map(String.init)
    }
}
