import Testing

@testable import CanonicalJSON

/// Enums of strings, of which a collection codes each case once.
struct JSONCasesTests {
    private enum Status: String, Codable, CaseIterable {
        case free, held = "he\"ld", sold, lost, late
    }
    private enum Single: String, Codable { case only }

    /// A case whose JSON is its own: an object.
    private enum Wrapped: String, Codable {
        case first, second

        private enum Keys: CodingKey { case name }

        init(from decoder: any Decoder) throws {
            let name = try decoder.container(keyedBy: Keys.self).decode(String.self, forKey: .name)
            guard let value = Wrapped(rawValue: name) else {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: name))
            }
            self = value
        }
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: Keys.self)
            try fields.encode(rawValue, forKey: .name)
        }
    }

    private func text<T: Encodable>(_ value: T) throws -> String {
        String(decoding: try JSON.encode(value), as: UTF8.self)
    }
    private func read<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSON.decode(type, from: Array(text.utf8))
    }

    @Test func `more cases than are remembered are written and read in an array`() throws {
        let cases = Status.allCases + Status.allCases.reversed() + Status.allCases
        let expected =
            "["
            + cases.map { $0 == .held ? #""he\"ld""# : "\"\($0.rawValue)\"" }.joined(separator: ",")
            + "]"
        #expect(try text(cases) == expected)
        #expect(try read([Status].self, expected) == cases)
    }

    @Test func `the values of a dictionary keep their keys`() throws {
        var map: [String: Status] = [:]
        for index in 0..<200 { map["seat-\(index)"] = Status.allCases[index % 5] }
        #expect(try read([String: Status].self, try text(map)) == map)
        #expect(try text(["b": Single.only, "a": .only]) == #"{"a":"only","b":"only"}"#)
    }

    @Test func `a case that is spelled with an escape is the same case`() throws {
        #expect(
            try read([Status].self, #"["sold","\u0073old","sold","\u0073old"]"#)
                == [.sold, .sold, .sold, .sold])
    }

    @Test func `an unknown case is named with its place after known ones`() throws {
        #expect(throws: DecodingError.self) {
            try read([Status].self, #"["sold","sold","gone"]"#)
        }
        do {
            _ = try read([String: Status].self, #"{"a":"sold","b":"sol"}"#)
            Issue.record("read")
        } catch DecodingError.dataCorrupted(let context) {
            #expect(context.codingPath.map(\.stringValue) == ["b"])
        }
        #expect(throws: DecodingError.self) { try read([Status].self, #"["sold",7]"#) }
    }

    @Test func `a conformance of its own is asked for each case`() throws {
        let values: [Wrapped] = [.first, .second, .first, .first]
        let expected =
            #"[{"name":"first"},{"name":"second"},{"name":"first"},{"name":"first"}]"#
        #expect(try text(values) == expected)
        #expect(try read([Wrapped].self, expected) == values)
        #expect(try text(["a": Wrapped.first, "b": .first]).hasPrefix(#"{"a":{"name":"first"}"#))
    }
}
