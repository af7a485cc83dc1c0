package import Foundation
import Synchronization

/// Reads the recordings in `Fixtures/`. A missing file is an error, so that no test passes without
/// its data.
package enum Fixtures {
    package static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent()  // Support
        .deletingLastPathComponent()  // Tests
        .deletingLastPathComponent()

    package static let root = packageRoot.appending(path: "Fixtures")

    /// The folders with journals of small frames, for tests that look at every byte.
    package static let stories = ["nexus", "tour", "contract"]
    /// All folders with journals.
    package static let allStories = stories + ["tour2", "tour2-codec"]

    package static func data(_ path: String) throws -> Data {
        try Data(contentsOf: root.appending(path: path))
    }

    /// Returns a text file of the package, for example `Protocol/messages.md`.
    package static func text(inPackage path: String) throws -> String {
        try String(contentsOf: packageRoot.appending(path: path), encoding: .utf8)
    }

    /// Returns the paths of all journals of a story, in a fixed order. Journals are in folders that
    /// are named after a protocol version; other folders have other recordings.
    package static func journalPaths(in folder: String) throws -> [String] {
        let paths = try FileManager.default.subpathsOfDirectory(
            atPath: root.appending(path: folder).path(percentEncoded: false))
        let journals = paths.filter { $0.hasPrefix("v") && $0.hasSuffix(".json") }.sorted()
            .map { "\(folder)/\($0)" }
        guard !journals.isEmpty else { throw FixtureError("No journals in Fixtures/\(folder)") }
        return journals
    }

    /// Returns the journals of one story. They are read once for all tests.
    package static func journals(in story: String) throws -> [Golden] {
        guard let journals = recorded[story] else { throw FixtureError("No story '\(story)'") }
        return try journals.read.get()
    }

    private static let recorded = Dictionary(
        uniqueKeysWithValues: allStories.map { ($0, Story($0)) })

    /// Read on demand, because few tests need all stories.
    private final class Story: Sendable {
        private let folder: String
        private let journals = Mutex<Result<[Golden], any Error>?>(nil)

        init(_ folder: String) { self.folder = folder }

        var read: Result<[Golden], any Error> {
            journals.withLock { journals in
                let read =
                    journals
                    ?? Result {
                        try Fixtures.journalPaths(in: folder).map(Golden.init(path:))
                    }
                journals = read
                return read
            }
        }
    }
}

package struct FixtureError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
