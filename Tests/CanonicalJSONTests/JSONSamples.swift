import Foundation
import CanonicalJSON
import Testing

/// Types that use every road through `Codable`, and random values of some of them.
enum Sample {
    enum Key: String, CodingKey { case a, b, c, d, e }

    /// Any key, to encode names that no Swift identifier has.
    struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int?
        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.stringValue = stringValue }
        init(intValue: Int) {
            stringValue = "\(intValue)"
            self.intValue = intValue
        }
    }

    struct Flat: Codable, Equatable {
        var zebra: Int
        var name: String
        var price: Double
        var tags: [String]
        var isOpen: Bool
        var note: String?
        var ratio: Float
        var small: Int8
        var large: UInt64
    }

    enum Status: String, Codable, CaseIterable { case available, reserved, sold }
    enum Level: Int, Codable { case low = 1, high = 10 }
    enum Payment: Codable, Equatable {
        case card(number: String, month: Int)
        case cash
        case split([Double], Status)
    }

    struct Nested: Codable, Equatable {
        var seats: [String: Status]
        var flats: [Flat]
        var payments: [Payment?]
        var level: Level
        var matrix: [[Int]]
        var byNumber: [Int: String]
        var deep: [String: [String: [Flat?]]]
    }

    struct Foundations: Codable, Equatable {
        var data: Data
        var date: Date
        var url: URL
        var uuid: UUID
        var decimal: Decimal
        var optionalDate: Date?
        var dates: [Date]
        var data2: [String: Data]
    }

    indirect enum Tree: Equatable {
        case null, bool(Bool), number(Double), string(String), list([Tree]), object([String: Tree])
    }

    class Base: Codable {
        var x = 1
        init() {}
    }
    final class Derived: Base {
        var y = 2
        override init() { super.init() }
        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            y = try container.decode(Int.self, forKey: .a)
            try super.init(from: container.superDecoder())
        }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(y, forKey: .a)
            try super.encode(to: container.superEncoder())
        }
    }

    /// Encodes by calling a closure, for all that no synthesised conformance does.
    struct By: Encodable {
        let body: (any Encoder) throws -> Void
        init(_ body: @escaping (any Encoder) throws -> Void) { self.body = body }
        func encode(to encoder: any Encoder) throws { try body(encoder) }
    }
}

extension Sample.Tree: Codable {
    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Sample.AnyKey.self) {
            var members: [String: Sample.Tree] = [:]
            for key in container.allKeys {
                members[key.stringValue] = try container.decode(Sample.Tree.self, forKey: key)
            }
            self = .object(members)
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var elements: [Sample.Tree] = []
            while !container.isAtEnd { elements.append(try container.decode(Sample.Tree.self)) }
            self = .list(elements)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let bool): try bool.encode(to: encoder)
        case .number(let number): try number.encode(to: encoder)
        case .string(let string): try string.encode(to: encoder)
        case .list(let elements): try elements.encode(to: encoder)
        case .object(let members):
            var container = encoder.container(keyedBy: Sample.AnyKey.self)
            for (name, member) in members {
                try container.encode(member, forKey: Sample.AnyKey(name))
            }
        }
    }
}

/// Random numbers that are the same in every run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Seeded {
    mutating func string() -> String {
        let letters = Array("abzZ09/\"\\\n\t\u{0}\u{1f}\u{7f}é\u{301}ß漢😀🇩🇪\u{2028}\u{feff}")
        return String(
            (0..<Int.random(in: 0...12, using: &self)).map { _ in
                letters.randomElement(using: &self)!
            })
    }

    mutating func double() -> Double {
        switch Int.random(in: 0...4, using: &self) {
        case 0: return Double(Int.random(in: -1000...1000, using: &self))
        case 1: return Double.random(in: -1...1, using: &self)
        case 2: return Double(Int.random(in: .min ... .max, using: &self))
        case 3: return Double(Int.random(in: -99999...99999, using: &self)) / 100
        default:
            let any = Double(bitPattern: next())
            return any.isFinite ? any : 0
        }
    }

    mutating func flat() -> Sample.Flat {
        .init(
            zebra: Int(bitPattern: UInt(next() >> UInt64.random(in: 0...63, using: &self))),
            name: string(), price: double(), tags: (0..<3).map { _ in string() },
            isOpen: Bool.random(using: &self), note: Bool.random(using: &self) ? string() : nil,
            ratio: Float(Int.random(in: -9999...9999, using: &self)) / 7,
            small: Int8.random(in: .min ... .max, using: &self), large: next())
    }

    mutating func tree(depth: Int = 0) -> Sample.Tree {
        switch Int.random(in: 0...(depth > 4 ? 3 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .number(double())
        case 3: return .string(string())
        case 4:
            return .list(
                (0..<Int.random(in: 0...5, using: &self)).map { _ in tree(depth: depth + 1) })
        default:
            var members: [String: Sample.Tree] = [:]
            for _ in 0..<Int.random(in: 0...20, using: &self) {
                members[string()] = tree(depth: depth + 1)
            }
            return .object(members)
        }
    }
}

/// Foundation's answer, with the options our output is defined by.
private let isoStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

func foundationJSON<T: Encodable>(_ value: T) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .custom { date, encoder in
        var container = encoder.singleValueContainer()
        try container.encode(date.formatted(isoStyle))
    }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

func ourJSON<T: Encodable>(_ value: T) throws -> String {
    String(decoding: try JSON.encode(value), as: UTF8.self)
}

func ours<T: Decodable>(_ type: T.Type = T.self, _ text: String) throws -> T {
    try JSON.decode(type, from: Array(text.utf8)[...])
}

func foundations<T: Decodable>(_ type: T.Type = T.self, _ text: String) throws -> T {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
        let text = try decoder.singleValueContainer().decode(String.self)
        return try Date(text, strategy: isoStyle)
    }
    return try decoder.decode(type, from: Data(text.utf8))
}
