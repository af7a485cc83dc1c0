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

    // MARK: Names of the object before

    /// One after the other, so that each of them may meet the names of the one before.
    @Test func `an object is read by its own names, whatever the one before had`() throws {
        let names = (0..<9).map { "nextname\($0)" }
        let plain = text(names) { "\($0)" }
        let texts = [
            plain, plain, text(names.reversed()) { "\($0)" }, plain,
            text(names) { $0 == 3 ? "[1,2]" : "\($0)" }, text(names) { $0 == 3 ? "[1,2]" : "1" },
            text(names) { $0 == 3 ? "[1,2,3]" : "1" }, text(Array(names.dropLast())) { "\($0)" },
            text(names.map { $0 + "0" }) { "\($0)" },
            text(names.map { "x" + $0.dropFirst() }) { "\($0)" },
            text(names.map { $0.replacing("n", with: "\\u006e") }) { "\($0)" },
            text(names.map { $0.replacing("a", with: "ä") }) { "\($0)" },
            text(names.map { $0.replacing("a", with: "a\u{308}") }) { "\($0)" },
            text(Array(names.dropLast()) + [""]) { "\($0)" },
        ]
        var random = SystemRandomNumberGenerator()
        for index in (0..<400).map({
            $0 < texts.count ? $0 : Int.random(in: 0..<texts.count, using: &random)
        }) {
            let read = try JSON.decode([String: JSONValue].self, from: Array(texts[index].utf8))
            guard
                case .object(let known) = try JSON.decode(
                    JSONValue.self, from: Array(texts[index].utf8))
            else {
                Issue.record("no object: \(texts[index])")
                return
            }
            #expect(read == known)
        }
    }

    @Test func `a name that comes twice is refused behind an object with these names`() throws {
        let names = (0..<9).map { "nextname\($0)" }
        #expect(
            try JSON.decode([String: Int].self, from: Array(text(names) { "\($0)" }.utf8)).count
                == 9)
        let twice = text(Array(names.dropLast()) + ["nextname0"]) { "\($0)" }
        for _ in 0..<2 {
            let told = #expect(throws: DecodingError.self) {
                try JSON.decode([String: Int].self, from: Array(twice.utf8))
            }
            #expect(told.map { JSON.describe($0) }?.contains("twice at $.nextname0 ") == true)
        }
    }

    @Test(arguments: [255, 256, 257, 5000])
    func `objects with many or long names are read again and again`(count: Int) throws {
        for length in [0, 16, 40] {
            let names = (0..<count).map { "\($0)" + String(repeating: "n", count: length) }
            let text = text(names) { "\($0)" }
            for _ in 0..<3 {
                let read = try JSON.decode([String: Int].self, from: Array(text.utf8))
                #expect(read == Dictionary(uniqueKeysWithValues: zip(names, 0...)))
            }
        }
    }

    private struct Wide: Codable, Equatable {
        var (a, b, c, d, e, f, g, h, i, j) = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
        var (k, l, m, n, o, p, q, r, s, t) = (11, 12, 13, 14, 15, 16, 17, 18, 19, [Int?]())
    }

    @Test func `structs of many fields find each of them`() throws {
        for index in 0..<50 {
            var wide = Wide()
            wide.a = index
            wide.t = Array(repeating: nil, count: index % 3)
            #expect(
                try JSON.decode([Wide].self, from: JSON.encode([Wide(), wide, wide])) == [
                    Wide(), wide, wide,
                ])
        }
    }

    // MARK: Depth

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

    private func text(_ names: [String], _ value: (Int) -> String) -> String {
        "{" + names.enumerated().map { #""\#($1)":\#(value($0))"# }.joined(separator: ",") + "}"
    }

    private func object(_ count: Int, _ value: (Int) -> String) -> String {
        "{" + (0..<count).map { #""k\#($0)":\#(value($0))"# }.joined(separator: ",") + "}"
    }
}
