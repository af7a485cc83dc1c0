import Foundation
import Restate
import Testing

/// A text that is refused leaves nothing behind, whichever way the refusal took.
@Suite(.serialized) struct JSONMemoryTests {
    /// In bytes.
    private func residentMemory() throws -> Int {
        let pages = try String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8)
            .split(separator: " ")
        return (Int(pages[1]) ?? 0) * 4096
    }

    @Test func `malformed texts of a megabyte leave no memory behind`() async throws {
        let text = Array(("[" + String(repeating: "1,", count: 500_000)).utf8)
        let before = try residentMemory()
        // From many tasks at once, so that documents are made anew and not only used again.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<25 {
                        _ = try? JSON.decode([Int].self, from: text[...])
                        _ = try? JSON.decode(JSONValue.self, from: text[...])
                    }
                }
            }
        }
        // Other tests run beside this one; the leak was 10 MB for each of these 400 texts.
        let grown = try residentMemory() - before
        #expect(grown < 1200 << 20, "\(grown >> 20) MB")
    }
}
