import Foundation
import Support
import Testing

/// The guide shows nothing that was not compiled, and most of what it shows is run beside it.
struct GuidePages {
    @Test func `every Swift block stands in a source that is compiled`() throws {
        let sources = try Self.sources.map { try Self.lines($0) }
        var count = 0
        for page in try Self.pages {
            for block in try Self.swiftBlocks(of: page) {
                count += 1
                let stands = sources.contains { Self.contains($0, block.lines) }
                #expect(stands, "\(page), line \(block.line): no compiled source has this block")
            }
        }
        #expect(count >= 80)
    }

    @Test func `every relative link of the documents leads somewhere`() throws {
        var count = 0
        for page in try Self.documents {
            let folder = Fixtures.packageRoot.appending(path: page).deletingLastPathComponent()
            for link in try Self.links(of: page) {
                count += 1
                let parts = link.split(
                    separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let target =
                    parts[0].isEmpty
                    ? Fixtures.packageRoot.appending(path: page)
                    : folder.appending(path: String(parts[0])).standardized
                let isThere = FileManager.default.fileExists(
                    atPath: target.path(percentEncoded: false))
                #expect(isThere, "\(page): '\(link)' leads nowhere")
                guard isThere, parts.count == 2, target.pathExtension == "md" else { continue }
                let anchors = try Self.anchors(of: target)
                #expect(
                    anchors.contains(String(parts[1])), "\(page): '\(link)' is no heading there")
            }
        }
        #expect(count >= 60)
    }

    @Test func `the index names every page`() throws {
        let index = try Fixtures.text(inPackage: "docs/guide.md")
        for page in try Self.files(under: "docs/guide", ending: "md") {
            #expect(index.contains("(\(page.dropFirst("docs/".count)))"), "\(page)")
        }
    }

    // MARK: What there is

    private static var pages: [String] {
        get throws {
            ["README.md", "docs/guide.md"] + (try files(under: "docs/guide", ending: "md"))
        }
    }

    private static var documents: [String] {
        get throws {
            try ["README.md"]
                + ["docs", "Protocol", "Fixtures", "Examples"].flatMap {
                    try files(under: $0, ending: "md")
                }
        }
    }

    private static var sources: [String] {
        get throws {
            try files(under: "Tests/GuideTests", ending: "swift")
                + files(under: "Examples", ending: "swift")
        }
    }

    private static func files(under folder: String, ending: String) throws -> [String] {
        let root = Fixtures.packageRoot.appending(path: folder)
        return try FileManager.default.subpathsOfDirectory(atPath: root.path(percentEncoded: false))
            .filter { $0.hasSuffix(".\(ending)") && !$0.contains(".build/") }
            .sorted().map { "\(folder)/\($0)" }
    }

    // MARK: Blocks

    private struct Block {
        /// Where it begins on its page.
        var line: Int
        /// Without indentation, empty lines left out.
        var lines: [String]
    }

    private static func lines(_ path: String) throws -> [String] {
        try Fixtures.text(inPackage: path).split(separator: "\n").map { trimmed($0) }.filter {
            !$0.isEmpty
        }
    }

    /// Comments do not count: a translation has its own.
    private static func trimmed(_ line: Substring) -> String {
        String(line.drop { $0 == " " }.replacing(#/(^|\s+)//\s.*$/#, with: ""))
    }

    private static func swiftBlocks(of page: String) throws -> [Block] {
        var blocks: [Block] = []
        var open: Block?
        let lines = try Fixtures.text(inPackage: page)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = trimmed(line)
            if let block = open, line == "```" {
                blocks.append(block)
                open = nil
            } else if open != nil {
                if !line.isEmpty { open?.lines.append(line) }
            } else if line == "```swift" {
                open = Block(line: index + 1, lines: [])
            }
        }
        return blocks
    }

    /// The lines stand there one after the other.
    private static func contains(_ source: [String], _ block: [String]) -> Bool {
        source.indices.contains { source[$0...].starts(with: block) }
    }

    // MARK: Links

    private static func links(of page: String) throws -> [String] {
        let text = try Fixtures.text(inPackage: page)
        // What stands in a block or between backticks is no link.
        let prose = text.split(separator: "```", omittingEmptySubsequences: false)
            .enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
            .joined(separator: " ").replacing(#/`[^`\n]*`/#, with: "code")
        return prose.matches(of: #/\]\(([^)\s]+)\)/#).map { String($0.1) }
            .filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
    }

    /// The names by which headings can be linked to.
    private static func anchors(of page: URL) throws -> Set<String> {
        let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
        return Set(
            lines.filter { $0.hasPrefix("#") }.map { line in
                line.drop { $0 == "#" || $0 == " " }.lowercased()
                    .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
                    .replacing(" ", with: "-")
            })
    }
}
