import Foundation
import CanonicalJSON
import Testing

/// What is read, what is refused, and where we differ from Foundation on purpose.
struct JSONDecodingTests {
    /// Both take it and make the same of it, or both refuse it.
    private func expectSame<T: Decodable & Equatable>(
        _ type: T.Type, _ texts: [String], at location: SourceLocation = #_sourceLocation
    ) {
        for text in texts {
            #expect(
                (try? ours(type, text)) == (try? foundations(type, text)),
                "\(type) from \(text)", sourceLocation: location)
        }
    }

    @Test func `numbers by the grammar`() {
        let numbers = [
            "0", "-0", "1", "-1", "00", "01", "-01", "1.", ".5", "+1", "-", "--1", "1e", "1e+",
            "1E5", "1e-2", "1.5e3", "1e5.5", "0x10", "NaN", "Infinity", "1_000", "1 2", "1,", "",
            " 7 ", "\n7\t\r", "7\u{c}", "0.0", "-0.0", "0e0", "10e-1", "\u{a0}1", "1e400",
            "-1e400", "1e-400", "0e400", "5e-324", "2e-324", "4.9e-324", "1.7976931348623157e308",
            "1.7976931348623159e308", "9007199254740993", "9007199254740992.5",
            "123456789012345678901234567890", "0.1", "0.30000000000000004",
            "1e99999999999999999999", "2.2250738585072014e-308", "1e22", "1e23", "12345678e-30",
            "null", "true", "\"1\"", "[]", "{}",
        ]
        expectSame(Double.self, numbers)
        expectSame(Float.self, numbers + ["16777217", "3.4028235e38", "3.5e38", "1e-46"])
        // Foundation rounds to a double on the way to an integer; we do not.
        let whole = numbers.filter { !["1e-400", "2e-324", "9007199254740992.5"].contains($0) }
        expectSame(Int.self, whole)
        expectSame(Int8.self, whole + ["127", "128", "-128", "-129", "1.27e2", "1.28e2"])
        expectSame(UInt.self, whole)
        expectSame(Decimal.self, ["0", "1.10", "-5", "1e100", "\"1\"", "null", "1e-50", "1e200"])
    }

    @Test func `integers are exact or refused`() throws {
        func ends<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws {
            for value in [T.min, T.max, 10] {
                #expect(try ours(type, "\(value)") == value)
                #expect(try ours(type, "\(value).000") == value)
                #expect(try value == 0 || ours(type, "\(value)0e-1") == value)
            }
            #expect(throws: DecodingError.self) { try ours(type, "\(T.max)0") }
            #expect(throws: DecodingError.self) { try ours(type, "-\(T.max)9") }
            #expect(throws: DecodingError.self) { try ours(type, "\(T.max).5") }
        }
        try ends(Int8.self)
        try ends(Int16.self)
        try ends(Int32.self)
        try ends(Int64.self)
        try ends(Int.self)
        try ends(UInt8.self)
        try ends(UInt16.self)
        try ends(UInt32.self)
        try ends(UInt64.self)
        #expect(try ours(Int128.self, "\(Int128.min)") == .min)
        #expect(try ours(UInt128.self, "\(UInt128.max)") == .max)
        #expect(throws: DecodingError.self) { try ours(UInt128.self, "\(UInt128.max)0") }
        #expect(try ours(Int.self, "1.0") == 1)
        #expect(try ours(Int.self, "12e3") == 12000)
        #expect(try ours(UInt8.self, "-0") == 0)
        // Foundation rounds these to a double first.
        #expect(try ours(Int.self, "9223372036854775807.0") == .max)
        #expect(throws: DecodingError.self) { try ours(Int.self, "1.0000000000000000001") }
        #expect(try ours(Int.self, "1" + String(repeating: "0", count: 5000) + "e-5000") == 1)
        #expect(throws: DecodingError.self) { try ours(Int.self, "1e-99999999999999999999") }
        #expect(try ours(Int.self, "0e99999999999999999999") == 0)
    }

    @Test func `random doubles read back as themselves`() throws {
        var random = Seeded(3)
        for _ in 0..<5000 {
            let value = random.double()
            #expect(try ours(Double.self, "\(value)") == value)
            let float = Float(value)
            #expect(try !float.isFinite || ours(Float.self, "\(float)") == float)
            let text =
                "\(random.next()).\(random.next())e\(Int.random(in: -330...300, using: &random))"
            #expect((try? ours(Double.self, text)) == (try? foundations(Double.self, text)))
        }
    }

    @Test func `strings`() throws {
        expectSame(
            String.self,
            [
                #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0041\u00e9\u6f22\u0000""#,
                #""\ud83d\ude00""#, #""\uD83D\uDE00x""#, #""\ud83d""#, #""\ude00""#, #""\ud83dx""#,
                #""\ud83d\u0041""#, #""\ude00\ud83d""#, #""\x""#, #""\u12g4""#, #""\u12"#, #""\"#,
                "\"", "\"a", "\"\u{1}\"", "\"\t\"", "\"\u{7f}\u{80}\u{2028}\"", "'a'", "a", "1",
                "null", "\"é\u{301}漢😀\"", #""\U0041""#,
                #""long enough for a word \u00e9 and more""#,
            ])
        for bytes: [UInt8] in [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82],
            [0x80], [0xe0, 0x80, 0x80], [0xf0, 0x80, 0x80, 0x80], [0xc3], [0xf5, 0x80, 0x80, 0x80],
        ] {
            let text = [0x22] + bytes + [0x22]
            #expect(throws: DecodingError.self) { try JSON.decode(String.self, from: text[...]) }
        }
    }

    @Test func `structure`() {
        expectSame(
            [Int].self,
            [
                "[]", "[1]", "[1,2]", "[ 1 , 2 ]", "[1 2]", "[1,,2]", "[,1]", "[", "]", "[1",
                "[1]]",
                "[1]x", "[1][", "{}", "[1}", "[null]", "[1.0]", "[\"1\"]", "[[1]]", "[true]",
            ])
        expectSame(
            [String: Int].self,
            [
                "{}", #"{"a":1}"#, #"{"a":1,"b":2}"#, #"{ "a" : 1 }"#, #"{"a" 1}"#, #"{"a":}"#,
                #"{a:1}"#, #"{1:1}"#, #"{"a":1"#, #"{"a""#, #"{"a":1]"#, #"{,}"#, "[]",
                #"{"a":1 "b":2}"#, #"{"a":1}}"#,
            ])
        expectSame(Bool.self, ["true", "false", "truex", "tru", "True", " true ", "nulll", "1"])
        expectSame(Int?.self, ["null", "1", "nul", " null"])
        expectSame([Int: Int].self, [#"{"1":2,"10":3}"#, #"{"x":2}"#, #"{"01":1}"#])
    }

    @Test func `what Foundation lets pass and RFC 8259 does not`() {
        for text in ["[1,]", "[1 , ]", "\u{feff}[1]", "[1],"] {
            #expect(throws: DecodingError.self) { try ours([Int].self, text) }
        }
        #expect(throws: DecodingError.self) { try ours([String: Int].self, #"{"a":1,}"#) }
        // Members nobody asks for are checked as well.
        struct Nothing: Decodable {}
        for text in [#"{"x":01}"#, #"{"x":"\ud800"}"#, #"{"x":1e}"#, "{\"x\":\"\u{1}\"}"] {
            #expect(throws: DecodingError.self) { try ours(Nothing.self, text) }
        }
        let wide: [UInt8] = [0x5b, 0, 0x31, 0, 0x5d, 0]  // UTF-16
        #expect(throws: DecodingError.self) { try JSON.decode([Int].self, from: wide[...]) }
        #expect(throws: DecodingError.self) { try JSON.decode([Int].self, from: []) }
    }

    @Test func `nesting is bounded`() throws {
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try ours(Anything.self, nested(512))
        #expect(throws: DecodingError.self) { try ours(Anything.self, nested(513)) }
        #expect(throws: DecodingError.self) {
            try ours(Anything.self, String(repeating: #"{"a":"#, count: 100_000))
        }
        let deep = try ours(Sample.Tree.self, nested(300))
        #expect(try ourJSON(deep) == nested(300))
    }

    @Test func `an unkeyed container moves only past what was read`() throws {
        struct Mixed: Decodable {
            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                #expect(container.count == 5)
                #expect(try !container.decodeNil())
                #expect(throws: DecodingError.self) { try container.decode(String.self) }
                #expect(container.currentIndex == 0)
                #expect(try container.decode(Int.self) == 1)
                #expect(try container.decodeIfPresent(Int.self) == nil)
                #expect(try container.decodeNil())
                let inner = try container.nestedContainer(keyedBy: Sample.Key.self)
                #expect(inner.allKeys == [.a])
                #expect(inner.codingPath.map(\.stringValue) == ["Index 3"])
                #expect(try String(from: container.superDecoder()) == "x")
                #expect(container.isAtEnd)
                #expect(throws: DecodingError.self) { try container.decode(Int.self) }
                #expect(throws: DecodingError.self) { try container.decodeNil() }
                #expect(try container.decodeIfPresent(Int.self) == nil)
            }
        }
        _ = try ours(Mixed.self, #"[1, null, null, {"a": 1, "other": 2}, "x"]"#)
    }

    @Test func `any JSON comes back as it was`() throws {
        let text = #"{"a":[1,-2.5,1e30,true,null,"x\n"],"b":{"":{}},"c":9223372036854775807}"#
        let value = try ours(JSONValue.self, text)
        #expect(try ourJSON(value) == text)
        guard case .object(let members) = value else { throw CancellationError() }
        #expect(members["c"] == .integer(.max))
        #expect(try ours(JSONValue.self, "1200") == .integer(1200))
        #expect(try ours(JSONValue.self, "-2.5") == .number(-2.5))
        #expect(throws: DecodingError.self) { try ours(JSONValue.self, "[1e999]") }
    }

    @Test func `a decoder that is kept goes on reading after the call`() throws {
        struct Keeper: Decodable {
            let decoder: any Decoder
            init(from decoder: any Decoder) { self.decoder = decoder }
        }
        var text = Array(#"{"a": "some text", "b": [1, 2, 3]}"#.utf8)
        let keeper = try JSON.decode(Keeper.self, from: text[...])
        for index in text.indices { text[index] = 0 }
        _ = try ours([Int].self, "[4,5,6]")
        let container = try keeper.decoder.container(keyedBy: Sample.Key.self)
        #expect(try container.decode(String.self, forKey: .a) == "some text")
        #expect(try container.decode([Int].self, forKey: .b) == [1, 2, 3])
        #expect(try Int?(from: container.superDecoder()) == nil)
    }
}
