import Foundation
import Patterns
import Testing

/// `docs/patterns.md` shows the code as it is. `.ci/patterns.py` copies it.
struct PatternPageTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    @Test func `the page has the code of the sources`() throws {
        let parts = try text("docs/patterns.md").components(separatedBy: "<!-- code: ").dropFirst()
        #expect(parts.count >= 14)
        for part in parts {
            let path = String(part.prefix { $0 != " " })
            let code = try text(path)
            #expect(
                part.hasPrefix("\(path) -->\n```swift\n\(code)```\n"),
                "\(path) has changed: python3 .ci/patterns.py")
        }
    }

    @Test func `the page has the lines that the command prints`() throws {
        let page = try text("docs/patterns.md")
        for pattern in Pattern.all {
            #expect(
                page.contains("<!-- lines: \(pattern.name) -->\n```sh\n\(pattern.lines)\n```\n"),
                "\(pattern.name) has changed: python3 .ci/patterns.py")
        }
    }
}
