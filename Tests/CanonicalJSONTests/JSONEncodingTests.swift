import Foundation
import CanonicalJSON
import Testing

/// Our bytes against Foundation's, for every road through `Codable`.
struct JSONEncodingTests {
    private func expectSame<T: Encodable>(
        _ value: T, at location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try ourJSON(value) == foundationJSON(value), sourceLocation: location)
    }

    /// The same bytes, and the same value back.
    private func expectSame<T: Codable & Equatable>(
        _ value: T, at location: SourceLocation = #_sourceLocation
    ) throws {
        let text = try foundationJSON(value)
        #expect(try ourJSON(value) == text, sourceLocation: location)
        #expect(try ours(T.self, text) == foundations(T.self, text), sourceLocation: location)
    }

    @Test func `scalars at the top`() throws {
        try expectSame("plain")
        try expectSame("")
        try expectSame(true)
        try expectSame(false)
        try expectSame(Int?.none)
        try expectSame(Int?.some(1))
        try expectSame(Int??.some(nil))
        try expectSame([Int]())
        try expectSame([String: Int]())
        try expectSame([Int?.none, 1])
        try expectSame(["a": Int?.none, "b": 1])
        try expectSame(Sample.Status.sold)
        try expectSame(Sample.Level.high)
    }

    @Test func `every width of integer at its ends`() throws {
        func ends<T: FixedWidthInteger & Codable>(_ type: T.Type) throws {
            for value in [T.min, T.max, 0, 1, 9, 10, 99, 100, T.max / 2, T.max / 10] {
                try expectSame(value)
                try expectSame([value, value])
                try expectSame(["k": value])
                try expectSame(T?.some(value))
            }
        }
        try ends(Int.self)
        try ends(Int8.self)
        try ends(Int16.self)
        try ends(Int32.self)
        try ends(Int64.self)
        try ends(Int128.self)
        try ends(UInt.self)
        try ends(UInt8.self)
        try ends(UInt16.self)
        try ends(UInt32.self)
        try ends(UInt64.self)
        try ends(UInt128.self)
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            try expectSame([power - 1, power, power + 1])
        }
    }

    @Test func `doubles and floats have their shortest digits`() throws {
        try expectSame(
            [
                0.0, -0.0, 1, -1, 0.1, 1.5, .leastNonzeroMagnitude, .leastNormalMagnitude,
                .greatestFiniteMagnitude,
                1e15, 1e16, 1e17, 123_456_789_012_345_680, 9_007_199_254_740_991,
                9_007_199_254_740_992, 9_007_199_254_740_994, -9_007_199_254_740_992, 1e-4, 1e-5,
                1e-7, 1e100, .pi, 100, 1_000_000,
            ] as [Double])
        try expectSame(
            [
                0, -0.0, 1, 0.1, 1e7, 16_777_215, 16_777_216, 16_777_218, 1e20, .pi,
                .greatestFiniteMagnitude, .leastNonzeroMagnitude,
            ] as [Float])
        var random = Seeded(1)
        for _ in 0..<3000 {
            let double = random.double()
            try expectSame(double)
            try expectSame([Float(truncating: NSNumber(value: double))].filter(\.isFinite))
        }
        try expectSame([Float16(0.1), 5, 65504])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `what JSON cannot express is refused, and so is what holds it`(_ number: Double) {
        #expect(throws: EncodingError.self) { try JSON.encode(number) }
        #expect(throws: EncodingError.self) { try JSON.encode([1, number]) }
        #expect(throws: EncodingError.self) { try JSON.encode(["a": Float(number)]) }
        #expect(throws: EncodingError.self) { try JSON.encode(Decimal.nan) }
        do {
            _ = try JSON.encode(["a": ["b": [0, number]]])
        } catch {
            #expect(JSON.describe(error) == "JSON cannot express \(number) at $.a.b[1]")
        }
        var bytes: [UInt8] = [7]
        #expect(throws: EncodingError.self) { try JSON.encode([number], into: &bytes) }
        #expect(bytes == [7])
    }

    @Test func `strings escape what JSON demands and nothing else`() throws {
        for scalar in (0...0x2ff).compactMap(Unicode.Scalar.init(_:) as (Int) -> Unicode.Scalar?) {
            try expectSame("a\(scalar)b")
            try expectSame([String(scalar): String(repeating: String(scalar), count: 9)])
        }
        try expectSame("/slash/ \u{2028}\u{2029}\u{ffff}\u{10ffff} 👩‍👩‍👧 e\u{301}")
        for length in 0...40 {
            try expectSame(String(repeating: "x", count: length) + "\"")
            try expectSame("\n" + String(repeating: "ü", count: length))
            try expectSame(String(repeating: "\u{1}", count: length * 50))
        }
        let bridged = NSString(string: "bridged ä \"") as String
        try expectSame(bridged)
        try expectSame(String("some text with ä".dropFirst(5)))
    }

    @Test func `keys stand in the order of their UTF-8 bytes`() throws {
        let names = [
            "a", "B", "a10", "a9", "aa", "", "é", "e\u{301}x", "z", "\u{ff5e}", "😀", "\u{1}",
            "\"", "\\", "a\"", "a!", "a\u{0}", "a#", "\n", "[", "]", "~", "abcdefgh",
            "abcdefghi", "abcdefgh\u{0}", "abcdefg", "/", "\u{7f}", "\u{80}",
        ]
        try expectSame(Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }))
        for (first, second) in zip(names, names.dropFirst()) {
            try expectSame([first: 1, second: 2])
        }
        try expectSame(Dictionary(uniqueKeysWithValues: (0..<300).map { ("seat-\($0)", $0) }))
        try expectSame([1: "a", 10: "b", 9: "c", -1: "d"])
        #expect(
            try ourJSON([Sample.Status.sold: 1, .available: 2]) == #"["available",2,"sold",1]"#)
        try expectSame([1.5: 1])
        #expect(try ourJSON(["b": 1, "a": 2, "C": 3]) == #"{"C":3,"a":2,"b":1}"#)
    }

    @Test func `a character that is unusual may stand anywhere in a key of any length`() throws {
        for length in 1...10 {
            for place in 0..<length {
                for unusual in ["\"", "\\", "\u{1f}", "\n", " ", "/", "\u{7f}", "é", "\0"] {
                    var letters = Array(repeating: "m", count: length)
                    letters[place] = unusual
                    var members = [letters.joined(): 0]
                    for other in 0...10 { members[String(repeating: "m", count: other)] = other }
                    try expectSame(members)
                }
            }
        }
    }

    @Test func `the types of Foundation have Foundation's forms`() throws {
        for length in 0...20 {
            try expectSame(Data((0..<length).map { UInt8(truncatingIfNeeded: $0 * 97 + 250) }))
        }
        try expectSame([
            Date(timeIntervalSinceReferenceDate: 12345.5), Date(timeIntervalSince1970: -1e9),
        ])
        try expectSame(try #require(URL(string: "http://a.b/c%20d?e=f&g#h")))
        try expectSame([try #require(UUID(uuidString: "EE1EDE5B-61BF-4BFD-AD48-3853B3B1A8D7"))])
        for text in ["0", "1.10", "-0.001", "1e100", "123456789012345678901234567890", "1e-100"] {
            try expectSame(try #require(Decimal(string: text)))
        }
        try expectSame(
            Sample.Foundations(
                data: Data([1, 2, 3, 255]), date: Date(timeIntervalSinceReferenceDate: -0.5),
                url: try #require(URL(string: "a/b")), uuid: UUID(), decimal: 12.5,
                optionalDate: nil, dates: [.distantFuture], data2: ["x": Data()]))
        try expectSame(1...3)
        try expectSame(Set([5]))
        try expectSame(ContiguousArray([1, 2]))
    }

    @Test func `random structs and trees`() throws {
        var random = Seeded(2)
        for _ in 0..<300 {
            try expectSame(random.flat())
            try expectSame(random.tree())
            let name = random.string()
            let flat = random.flat()
            try expectSame(
                Sample.Nested(
                    seats: ["s" + random.string(): .sold, "x": .available], flats: [flat, flat],
                    payments: [
                        .cash, nil, .card(number: name, month: 3), .split([1, 2.5], .sold),
                    ],
                    level: .low, matrix: [[], [1], [2, 3]], byNumber: [3: "c", 20: "b"],
                    deep: ["": [:], "n" + name: ["k": [nil, flat]]]))
        }
    }

    @Test func `classes encode their superclass`() throws {
        try expectSame(Sample.Derived())
        let again = try ours(Sample.Derived.self, ourJSON(Sample.Derived()))
        #expect(again.y == 2)
        #expect(again.x == 1)
    }
}
