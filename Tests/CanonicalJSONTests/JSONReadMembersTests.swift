import CanonicalJSON
import Primitives
import Testing

/// Large objects are read into dictionaries, which have no order of their own.
struct JSONReadMembersTests {
    @Test func `of many members all are read`() throws {
        for count in [0, 1, 7, 8, 9, 50, 1000] {
            let text = object(count) { "\($0)" }
            let members = try ours([String: Int].self, text)
            #expect(members == Dictionary(uniqueKeysWithValues: (0..<count).map { ("k\($0)", $0) }))
            let nested = try ours([String: [String: Int]].self, object(count) { _ in text })
            #expect(nested.values.allSatisfy { $0 == members })
        }
    }

    @Test(arguments: [7, 8, 50])
    func `of several mistakes the first one of the text is told`(count: Int) {
        for first in 0..<count {
            let text = object(count) { $0 < first ? "\($0)" : "\"\($0)\"" }
            let told = #expect(throws: DecodingError.self) {
                try ours([String: Int].self, text)
            }
            #expect(told.map { JSON.describe($0) }?.contains("$.k\(first) ") == true)
        }
        // A name that comes twice after a wrong value, and before one.
        let twice = #"{"k0":0,"k0":0,"k1":"","k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7}"#
        let told = #expect(throws: DecodingError.self) { try ours([String: Int].self, twice) }
        #expect(told.map { JSON.describe($0) }?.contains("twice at $.k0 ") == true)
    }

    private struct Tree: Decodable {
        static let made = Locked(0)
        var children: [String: Tree]

        init(from decoder: any Decoder) throws {
            Self.made.withLock { $0 += 1 }
            children = try decoder.singleValueContainer().decode([String: Tree].self)
        }
    }

    @Test func `a mistake that is deep inside takes no longer than a sound text`() throws {
        func tree(_ depth: Int, leaf: String) -> String {
            depth == 0 ? leaf : object(9) { $0 == 4 ? tree(depth - 1, leaf: leaf) : "{}" }
        }
        func made(_ leaf: String) -> Int {
            Tree.made.withLock { $0 = 0 }
            _ = try? ours(Tree.self, tree(30, leaf: leaf))
            return Tree.made.withLock { $0 }
        }
        let sound = made("{}")
        #expect(sound == 30 * 9 + 1)
        #expect(made("7") <= 2 * sound)
    }

    private func object(_ count: Int, _ value: (Int) -> String) -> String {
        "{" + (0..<count).map { #""k\#($0)":\#(value($0))"# }.joined(separator: ",") + "}"
    }
}
