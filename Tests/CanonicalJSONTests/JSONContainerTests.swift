import Foundation
import CanonicalJSON
import Testing

/// Hand-written `encode(to:)` methods: nesting, interleaving, errors half-way, misuse.
struct JSONContainerTests {
    private typealias By = Sample.By
    private typealias Key = Sample.Key

    private func expectSame(
        at location: SourceLocation = #_sourceLocation,
        _ body: @escaping (any Encoder) throws -> Void
    ) throws {
        let value = By(body)
        #expect(try ourJSON(value) == foundationJSON(value), sourceLocation: location)
        #expect(
            try ourJSON([value, value]) == foundationJSON([value, value]),
            sourceLocation: location)
        #expect(
            try ourJSON(["z": value, "a": value]) == foundationJSON(["z": value, "a": value]),
            sourceLocation: location)
    }

    @Test func `nested containers stay open beside their parent`() throws {
        try expectSame { encoder in
            var outer = encoder.container(keyedBy: Key.self)
            var inner = outer.nestedContainer(keyedBy: Key.self, forKey: .c)
            try outer.encode(2, forKey: .b)
            try inner.encode(3, forKey: .b)
            var list = outer.nestedUnkeyedContainer(forKey: .a)
            try list.encode(1)
            try outer.encode("last", forKey: .d)
            try inner.encode(4, forKey: .a)
            try list.encode([5])
            var deeper = list.nestedContainer(keyedBy: Key.self)
            try list.encodeNil()
            try deeper.encode(6, forKey: .e)
        }
        try expectSame { encoder in
            var outer = encoder.unkeyedContainer()
            var first = outer.nestedUnkeyedContainer()
            var second = outer.nestedUnkeyedContainer()
            try outer.encode(1)
            try second.encode(2)
            try first.encode(3)
            try outer.superEncoder().unkeyedContainer().encodeOnce("super")
            _ = outer.superEncoder()
            #expect(outer.count == 5)
        }
    }

    @Test func `a container asked for twice is the same one`() throws {
        try expectSame { encoder in
            var first = encoder.container(keyedBy: Key.self)
            try first.encode(1, forKey: .b)
            var second = encoder.container(keyedBy: Sample.AnyKey.self)
            try second.encode(2, forKey: Sample.AnyKey("a"))
            var inner = second.nestedContainer(keyedBy: Key.self, forKey: Sample.AnyKey("n"))
            try inner.encode(1, forKey: .a)
            inner = second.nestedContainer(keyedBy: Key.self, forKey: Sample.AnyKey("n"))
            try inner.encode(2, forKey: .b)
        }
    }

    @Test func `of one key encoded twice the last value stays`() throws {
        try expectSame { encoder in
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(1, forKey: .b)
            try container.encode([1, 2, 3], forKey: .a)
            try container.encode("two", forKey: .b)
            var inner = container.nestedContainer(keyedBy: Key.self, forKey: .c)
            try inner.encode(1, forKey: .a)
            try container.encode(9, forKey: .c)
        }
        let twice = By { encoder in
            var container = encoder.container(keyedBy: Sample.AnyKey.self)
            try container.encode(1, forKey: Sample.AnyKey("\u{e9}"))
            try container.encode(2, forKey: Sample.AnyKey("e\u{301}"))
        }
        // One key in two spellings: Foundation, too, keeps one of them.
        #expect(try foundations([String: Int].self, ourJSON(twice)) == ["é": 2])
    }

    @Test func `super encoders, with and without anything encoded`() throws {
        try expectSame { encoder in
            var container = encoder.container(keyedBy: Key.self)
            let first = container.superEncoder()
            let second = container.superEncoder(forKey: .a)
            _ = container.superEncoder(forKey: .e)
            try container.encode(1, forKey: .b)
            try "text".encode(to: second)
            try first.container(keyedBy: Key.self).encodeOnce(4, .d)
        }
    }

    @Test func `single values, nil and nothing`() throws {
        try expectSame { encoder in
            var container = encoder.singleValueContainer()
            try container.encode(["b": 1, "a": 2])
        }
        try expectSame { encoder in
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        }
        try expectSame { encoder in
            var container = encoder.container(keyedBy: Key.self)
            try container.encodeNil(forKey: .b)
            try container.encodeIfPresent(Int?.none, forKey: .a)
            try container.encode(Int?.none, forKey: .c)
            try container.encode(By { _ in }, forKey: .d)
        }
        try expectSame { _ = $0.unkeyedContainer() }
        try expectSame { _ = $0.container(keyedBy: Key.self) }
        #expect(throws: EncodingError.self) { try JSON.encode(By { _ in }) }
        #expect(try ourJSON([By { _ in }]) == "[{}]")
    }

    @Test func `a value that failed leaves no trace`() throws {
        struct Stop: Error {}
        let halfWay = By { encoder in
            var container = encoder.container(keyedBy: Key.self)
            try container.encode([1, 2, 3], forKey: .b)
            var inner = container.nestedUnkeyedContainer(forKey: .a)
            try inner.encode(1)
            throw Stop()
        }
        // Without Foundation beside it: its encoder traps after such an error.
        let object = By { encoder in
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(1, forKey: .e)
            #expect(throws: Stop.self) { try container.encode(halfWay, forKey: .a) }
            #expect(throws: Stop.self) { try container.encode([[halfWay]], forKey: .b) }
            #expect(throws: EncodingError.self) { try container.encode(Double.nan, forKey: .b) }
            try container.encode("rescued", forKey: .c)
        }
        #expect(try ourJSON([object]) == #"[{"c":"rescued","e":1}]"#)
        let array = By { encoder in
            var container = encoder.unkeyedContainer()
            #expect(throws: Stop.self) { try container.encode(halfWay) }
            try container.encode(1)
            #expect(throws: EncodingError.self) { try container.encode(Float.nan) }
            try container.encode(2)
        }
        #expect(try ourJSON(["k": array]) == #"{"k":[1,2]}"#)
        let single = By { encoder in
            var container = encoder.singleValueContainer()
            #expect(throws: Stop.self) { try container.encode(halfWay) }
            #expect(throws: EncodingError.self) { try container.encode(Double.nan) }
            try container.encode("second try")
        }
        #expect(try ourJSON(single) == #""second try""#)
    }

    @Test func `paths say where an encoder is`() throws {
        let value = [
            "k": [0, 1].map { index in
                By { encoder in
                    #expect(encoder.codingPath.map(\.stringValue) == ["k", "Index \(index)"])
                    var container = encoder.container(keyedBy: Key.self)
                    #expect(container.codingPath.count == 2)
                    var inner = container.nestedUnkeyedContainer(forKey: .b)
                    #expect(inner.codingPath.map(\.stringValue) == ["k", "Index \(index)", "b"])
                    try inner.encode(
                        By { encoder in
                            let path = encoder.codingPath.map(\.stringValue)
                            #expect(path == ["k", "Index \(index)", "b", "Index 0"])
                            try 1.encode(to: encoder)
                        })
                    try container.encode(1, forKey: .a)
                }
            }
        ]
        #expect(try ourJSON(value) == #"{"k":[{"a":1,"b":[1]},{"a":1,"b":[1]}]}"#)
    }

    @Test func `misuse ends in an error, not in wrong bytes or a crash`() throws {
        let misuses: [By] = [
            By { encoder in
                _ = encoder.container(keyedBy: Key.self)
                _ = encoder.unkeyedContainer()
            },
            By { encoder in
                var container = encoder.singleValueContainer()
                try container.encode(1)
                try container.encode(2)
            },
            By { encoder in
                var container = encoder.unkeyedContainer()
                let same = container
                try container.encode(
                    By { inner in
                        try same.encodeOnce(2)
                        try 1.encode(to: inner)
                    })
            },
        ]
        for misuse in misuses {
            #expect(throws: EncodingError.self) { try JSON.encode(misuse) }
            #expect(throws: EncodingError.self) { try JSON.encode([misuse]) }
        }
    }

    @Test func `nesting is bounded`() throws {
        func nested(_ depth: Int) -> Sample.Tree {
            (1..<depth).reduce(.list([])) { tree, _ in .list([tree]) }
        }
        #expect(try ourJSON(nested(512)).count == 1024)
        #expect(throws: EncodingError.self) { try JSON.encode(nested(513)) }
        // A scalar in the innermost array writes no bracket of its own, and is read as well.
        func wrapped(_ depth: Int, _ leaf: Sample.Tree) -> Sample.Tree {
            (0..<depth).reduce(leaf) { tree, _ in .list([tree]) }
        }
        for leaf in [Sample.Tree.string("x"), .bool(true), .null] {
            let tree = wrapped(512, leaf)
            #expect(try JSON.decode(Sample.Tree.self, from: JSON.encode(tree)[...]) == tree)
            #expect(throws: EncodingError.self) { try JSON.encode(wrapped(513, leaf)) }
        }
        let text = Array((String(repeating: #"{"a":"#, count: 512) + "1").utf8)
        let object = text + Array(String(repeating: "}", count: 512).utf8)
        #expect(try JSON.encode(JSON.decode(JSONValue.self, from: object)) == object)
        // What encodes nothing is written as an object.
        struct Nothing: Encodable { func encode(to encoder: any Encoder) {} }
        indirect enum Around: Encodable {
            case nothing, list(Around)
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                switch self {
                case .nothing: try container.encode(Nothing())
                case .list(let inner): try container.encode(inner)
                }
            }
        }
        func around(_ depth: Int) -> Around {
            (1..<depth).reduce(.nothing) { inner, _ in .list(inner) }
        }
        #expect(try JSON.encode(around(511)).count == 1024)
        let error = #expect(throws: EncodingError.self) { try JSON.encode(around(512)) }
        #expect(error.map(JSON.describe)?.contains("nested deeper than 512 levels") == true)
        final class Ring: Encodable { var ring: Ring? }
        let ring = Ring()
        ring.ring = ring
        defer { ring.ring = nil }
        #expect(throws: EncodingError.self) { try JSON.encode(ring) }
    }
}

extension UnkeyedEncodingContainer {
    func encodeOnce<T: Encodable>(_ value: T) throws {
        var container = self
        try container.encode(value)
    }
}

extension KeyedEncodingContainer {
    func encodeOnce<T: Encodable>(_ value: T, _ key: Key) throws {
        var container = self
        try container.encode(value, forKey: key)
    }
}
