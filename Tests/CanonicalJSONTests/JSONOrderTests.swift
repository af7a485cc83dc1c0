import Foundation
import Testing

/// Sets and dictionaries have another order in each process, but the same value must have the same
/// bytes: a replay may happen anywhere.
struct JSONOrderTests {
    @Test func `elements of a set stand in the order of their bytes`() throws {
        #expect(
            try ourJSON(Set(["b", "a", "C", "é", "aa", "", "z"]))
                == #"["","C","a","aa","b","z","é"]"#)
        #expect(try ourJSON(Set([10, 9, -1, 100])) == "[-1,10,100,9]")
        #expect(try ourJSON(Set<Int>()) == "[]")
        #expect(try ourJSON([Set([2, 1]), Set([3])]) == "[[1,2],[3]]")
        #expect(try ourJSON(["s": Set([Set([2, 1]), Set([0])])]) == #"{"s":[[0],[1,2]]}"#)
        #expect(try ourJSON(Set([Sample.Status.sold, .available])) == #"["available","sold"]"#)
        #expect(try ourJSON(Set([Int?.some(2), nil, 1])) == "[1,2,null]")
    }

    @Test
    func `pairs of a dictionary whose keys are no names stand in the order of the keys' bytes`()
        throws
    {
        #expect(try ourJSON([2.5: "b", 1.5: "a", 10: "c"]) == #"[1.5,"a",10,"c",2.5,"b"]"#)
        #expect(
            try ourJSON([Sample.Status.sold: 1, .available: 2]) == #"["available",2,"sold",1]"#)
        #expect(try ourJSON([[2: "x", 1: "y"]]) == #"[{"1":"y","2":"x"}]"#)
    }

    @Test func `large ones read back as they were`() throws {
        let set = Set((0..<5000).map { "element \($0 * 7919 % 5000)" })
        #expect(try ours(Set<String>.self, ourJSON(set)) == set)
        let pairs = Dictionary(uniqueKeysWithValues: (0..<2000).map { (Double($0) + 0.5, "\($0)") })
        #expect(try ours([Double: String].self, ourJSON(pairs)) == pairs)
    }

    private struct Members: Encodable {
        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        var names: [String]

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for (place, name) in names.enumerated() {
                try container.encode(place, forKey: Key(stringValue: name))
            }
        }

        func sorted() throws -> String {
            let last = Dictionary(zip(names, 0...)) { $1 }
            let members = try last.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { "\(try ourJSON($0.key)):\($0.value)" }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    /// One after the other, as each object may be tried in the order that sorted the one before.
    @Test func `each object is sorted by its own names, whatever the one before had`() throws {
        var random = SystemRandomNumberGenerator()
        let beginnings = ["", "n", "long name ", "long name é", "a \"quoted\" name ", "a\nline "]
        for count in [8, 9, 17, 50, 256, 257, 300] {
            for round in 0..<30 {
                let beginning = beginnings[round % beginnings.count]
                var names = (0..<count).map { beginning + "\($0)" }
                if round % 3 > 0 { names.shuffle(using: &random) }
                if round % 4 == 3 { names[count - 1] = names[0] }
                let members = Members(names: names)
                for _ in 0..<2 { #expect(try ourJSON(members) == members.sorted()) }
            }
        }
    }

    /// What both processes of the next test encode.
    private static func printSamples() throws {
        let ids = try (0..<6).map { number in
            try #require(UUID(uuidString: "00000000-0000-0000-0000-00000000000\(number)"))
        }
        print(try ourJSON(Set(["one", "two", "three", "four", "five", "six"])))
        print(try ourJSON(Dictionary(uniqueKeysWithValues: zip(ids, 0...))))
        print(try ourJSON(Set(ids.map { [$0: Set([1, 2, 3, 4, 5])] })))
        print(try ourJSON(["x": [Sample.Status.sold: Set([1.5, 2.5, 3.5]), .available: []]]))
    }

    @Test func `two processes with different hash seeds write the same bytes`() async throws {
        let seed = ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"]
        try #require(seed == nil, "This test needs the seeds that a production process has")
        let first = try #require(
            await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try Self.printSamples()
                print("hash", "seed".hashValue)
            })
        let second = try #require(
            await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try Self.printSamples()
                print("hash", "seed".hashValue)
            })
        func lines(_ result: ExitTest.Result) -> [Substring] {
            String(decoding: result.standardOutputContent, as: UTF8.self).split(separator: "\n")
                .filter { $0.hasPrefix("[") || $0.hasPrefix("{") || $0.hasPrefix("hash") }
        }
        #expect(lines(first).count == 5)
        #expect(lines(first).dropLast() == lines(second).dropLast())
        #expect(lines(first).last != lines(second).last, "Both have one seed: this proves nothing")
    }
}
