import Foundation
import CanonicalJSON
import Testing

/// A text that is refused leaves nothing behind, whichever way the refusal took.
@Suite struct JSONMemoryTests {
    /// In a process of its own: other tests run beside this one, and memory is the whole process's.
    @Test func `malformed texts of a megabyte leave no memory behind`() async throws {
        await #expect(processExitsWith: .success) {
            let text = Array(("[" + String(repeating: "1,", count: 500_000)).utf8)
            func refuse() {
                for _ in 0..<5 {
                    _ = try? JSON.decode([Int].self, from: text[...])
                    _ = try? JSON.decode(JSONValue.self, from: text[...])
                }
            }
            refuse()
            let before = try residentMemory()
            for _ in 0..<4 { refuse() }
            // The leak was 10 MB for each of the 40 texts.
            let grown = try residentMemory() - before
            guard grown < 100 << 20 else { exit(1) }
        }
    }
}

/// In bytes.
private func residentMemory() throws -> Int {
    let pages = try String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8)
        .split(separator: " ")
    return (Int(pages[1]) ?? 0) * 4096
}
