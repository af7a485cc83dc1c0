import CanonicalJSON
import Foundation
import Restate

/// Texts of JSON: what can be read is written in one way, and read again as the same.
final class JSONTexts: Fuzzer {
    static let name = "json"
    static let subject = "JSON texts, read as any value and as types"

    private lazy var mutation = Mutation(
        words: JSONGrammar.words,
        corpus: Corpus.questions.map(\.body).filter { $0.first == UInt8(ascii: "{") })
    private let grammar = JSONGrammar()

    func make(_ random: inout Randomness) -> [UInt8] {
        if random.oneIn(3) { return grammar.text(&random) }
        let original = random.oneIn(3) ? random.pick(mutation.corpus) : grammar.text(&random)
        return mutation.damaged(original, &random)
    }

    func check(_ input: [UInt8]) throws {
        if let value = try decoded(JSONValue.self, input) {
            let bytes = try encoded(value)
            let again = try readBack(JSONValue.self, bytes)
            let same = try encoded(again)
            try require(
                same == bytes,
                "written as \(quoted(bytes)), then read and written as \(quoted(same))")
        }
        if let value = try decoded(Typed.self, input) {
            let bytes = try encoded(value)
            let same = try encoded(try readBack(Typed.self, bytes))
            try require(
                same == bytes,
                "typed, written as \(quoted(bytes)), then read and written as \(quoted(same))")
        }
    }

    private func decoded<T: Decodable>(_ type: T.Type, _ input: [UInt8]) throws -> T? {
        do {
            return try JSON.decode(type, from: input)
        } catch {
            try require(!JSON.describe(error).isEmpty, "an error without a word")
            return nil
        }
    }

    private func encoded<T: Encodable>(_ value: T) throws -> [UInt8] {
        do {
            return try JSON.encode(value)
        } catch {
            throw Finding("what was read cannot be written: \(error)")
        }
    }

    private func readBack<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws -> T {
        do {
            return try JSON.decode(type, from: bytes)
        } catch {
            throw Finding(
                "written as \(quoted(bytes)), which cannot be read: \(JSON.describe(error))")
        }
    }
}

/// A little of everything that a handler's input may have.
private struct Typed: Codable {
    var a: Int?
    var b: Double?
    var c: String?
    var d: [Typed]?
    var e: [String: JSONValue]?
    var f: UInt64?
    var g: Date?
    var h: Data?
    var i: Decimal?
    var j: URL?
    var k: UUID?
    var l: [Int: Bool]?
    var m: Float?
    var n: Set<String>?
}

/// Texts that are JSON, in all the ways in which a value can be spelled.
struct JSONGrammar {
    static let words: [[UInt8]] = [
        "null", "true", "false", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\/", "1e999",
        "-0",
        "-0.0", "1e-400", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "12345678901234567.8", "0.1", "1E+2", "[[[[[[[[", "]]]]]]]]", "{\"a\":", "\"\":", ",", ":",
        "é",
        "e\u{301}", "\u{feff}", "\"a\":1,\"a\":2", "\"2020-01-01T00:00:00Z\"", "\"AAEC\"", "//",
        "\u{2028}",
    ].map { Array($0.utf8) }

    func text(_ random: inout Randomness) -> [UInt8] {
        var bytes: [UInt8] = []
        if random.oneIn(500) { return nested(1 + random.below(700), &random) }
        value(&bytes, 1 + random.size(6), &random)
        space(&bytes, &random)
        return bytes
    }

    private func nested(_ depth: Int, _ random: inout Randomness) -> [UInt8] {
        let isArray = random.oneIn(2)
        let (open, close) = isArray ? ("[", "]") : ("{\"a\":", "}")
        return Array(
            (String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth))
                .utf8)
    }

    private func value(_ bytes: inout [UInt8], _ depth: Int, _ random: inout Randomness) {
        space(&bytes, &random)
        switch random.below(depth > 0 ? 10 : 6) {
        case 0: bytes += random.pick([Array("null".utf8), Array("true".utf8), Array("false".utf8)])
        case 1, 2: number(&bytes, &random)
        case 3, 4, 5: string(&bytes, &random)
        case 6, 7:
            bytes.append(UInt8(ascii: "["))
            for place in 0..<random.size(12) {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                value(&bytes, depth - 1, &random)
            }
            space(&bytes, &random)
            bytes.append(UInt8(ascii: "]"))
        default: object(&bytes, depth, &random)
        }
    }

    private func object(_ bytes: inout [UInt8], _ depth: Int, _ random: inout Randomness) {
        bytes.append(UInt8(ascii: "{"))
        for place in 0..<random.size(24) {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            space(&bytes, &random)
            if random.oneIn(2) {
                bytes += [
                    UInt8(ascii: "\""), UInt8(ascii: "a") + UInt8(random.below(14)),
                    UInt8(ascii: "\""),
                ]
            } else {
                string(&bytes, &random)
            }
            space(&bytes, &random)
            bytes.append(UInt8(ascii: ":"))
            value(&bytes, depth - 1, &random)
        }
        space(&bytes, &random)
        bytes.append(UInt8(ascii: "}"))
    }

    private func number(_ bytes: inout [UInt8], _ random: inout Randomness) {
        if random.oneIn(4) {
            return bytes += random.pick(
                Self.words.filter { Double(String(decoding: $0, as: UTF8.self)) != nil })
        }
        if random.oneIn(2) { bytes.append(UInt8(ascii: "-")) }
        digits(&bytes, 1 + random.size(20), &random)
        if random.oneIn(3) {
            bytes.append(UInt8(ascii: "."))
            digits(&bytes, 1 + random.size(20), &random, leadingZeros: true)
        }
        if random.oneIn(4) {
            bytes += random.pick(["e", "E", "e+", "E-", "e-"].map { Array($0.utf8) })
            digits(&bytes, 1 + random.size(3), &random, leadingZeros: true)
        }
    }

    private func digits(
        _ bytes: inout [UInt8], _ count: Int, _ random: inout Randomness, leadingZeros: Bool = false
    ) {
        if count == 1 || leadingZeros {
            for _ in 0..<count { bytes.append(0x30 + UInt8(random.below(10))) }
        } else {
            bytes.append(0x31 + UInt8(random.below(9)))
            for _ in 1..<count { bytes.append(0x30 + UInt8(random.below(10))) }
        }
    }

    private func string(_ bytes: inout [UInt8], _ random: inout Randomness) {
        bytes.append(UInt8(ascii: "\""))
        for _ in 0..<random.size(30) {
            switch random.below(8) {
            case 0: bytes += [UInt8(ascii: "\\"), random.pick(Array("\"\\/bfnrt".utf8))]
            case 1: unit(&bytes, UInt32(random.below(0xd800)))
            case 2:
                unit(&bytes, 0xd800 + UInt32(random.below(0x400)))
                unit(&bytes, 0xdc00 + UInt32(random.below(0x400)))
            case 3:
                bytes += Array(
                    String(Unicode.Scalar(UInt32(0x80 + random.below(0xd000))) ?? "a").utf8)
            case 4: bytes += Array("😀".utf8)
            default: bytes.append(random.pick(Array("abcXYZ 0123/<>&'".utf8)))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func unit(_ bytes: inout [UInt8], _ unit: UInt32) {
        let digits = String(unit, radix: 16)
        bytes += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }

    private func space(_ bytes: inout [UInt8], _ random: inout Randomness) {
        if random.oneIn(8) { bytes += random.pick([[0x20], [0x0a], [0x0d, 0x0a], [0x09]]) }
    }
}
