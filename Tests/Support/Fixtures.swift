package import Foundation

/// The recorded facts in `Fixtures/`. What is not there is an error, never a test that passes.
package enum Fixtures {
    package static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent()  // Support
        .deletingLastPathComponent()  // Tests
        .deletingLastPathComponent()

    package static let root = packageRoot.appending(path: "Fixtures")

    /// The folders that hold journals.
    package static let stories = ["nexus", "tour", "contract"]

    package static func data(_ path: String) throws -> Data {
        try Data(contentsOf: root.appending(path: path))
    }

    /// A text of the package, for example `Protocol/messages.md`.
    package static func text(inPackage path: String) throws -> String {
        try String(contentsOf: packageRoot.appending(path: path), encoding: .utf8)
    }

    /// The paths of all journals below a folder, in a fixed order.
    package static func journalPaths(in folder: String) throws -> [String] {
        let paths = try FileManager.default.subpathsOfDirectory(
            atPath: root.appending(path: folder).path(percentEncoded: false))
        let journals = paths.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
        guard !journals.isEmpty else { throw FixtureError("No journals in Fixtures/\(folder)") }
        return journals
    }

    /// The journals of one story, read once for all tests.
    package static func journals(in story: String) throws -> [Golden] {
        guard let journals = recorded[story] else { throw FixtureError("No story '\(story)'") }
        return try journals.get()
    }

    private static let recorded: [String: Result<[Golden], any Error>] = {
        var recorded: [String: Result<[Golden], any Error>] = [:]
        for story in stories {
            recorded[story] = Result { try journalPaths(in: story).map(Golden.init(path:)) }
        }
        return recorded
    }()
}

package struct FixtureError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
