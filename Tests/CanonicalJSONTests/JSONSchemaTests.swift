import Foundation
import CanonicalJSON
import Testing

/// Schemas from nothing but `Decodable`.
struct JSONSchemaTests {
    /// Without the example, which has tests of its own.
    private func schema<T>(_ type: T.Type) -> String? {
        guard let bytes = try? JSON.schema(of: type),
            case .object(var members) = try? JSON.decode(JSONValue.self, from: bytes)
        else { return nil }
        members["examples"] = nil
        return try? ourJSON(JSONValue.object(members))
    }

    private func example<T>(_ type: T.Type) -> String? {
        guard let bytes = try? JSON.schema(of: type),
            case .object(let members) = try? JSON.decode(JSONValue.self, from: bytes),
            case .array(let examples) = members["examples"]
        else { return nil }
        return try? ourJSON(examples)
    }

    @Test func `scalars and the types of Foundation`() {
        #expect(schema(String.self) == #"{"type":"string"}"#)
        #expect(schema(Bool.self) == #"{"type":"boolean"}"#)
        #expect(schema(Int.self) == #"{"type":"integer"}"#)
        #expect(schema(Int64.self) == #"{"type":"integer"}"#)
        #expect(schema(Int128.self) == #"{"type":"integer"}"#)
        #expect(schema(UInt.self) == #"{"minimum":0,"type":"integer"}"#)
        #expect(schema(UInt128.self) == #"{"minimum":0,"type":"integer"}"#)
        #expect(schema(Int8.self) == #"{"maximum":127,"minimum":-128,"type":"integer"}"#)
        #expect(schema(UInt16.self) == #"{"maximum":65535,"minimum":0,"type":"integer"}"#)
        #expect(schema(Double.self) == #"{"type":"number"}"#)
        #expect(schema(Float.self) == #"{"type":"number"}"#)
        #expect(schema(Decimal.self) == #"{"type":"number"}"#)
        #expect(schema(UUID.self) == #"{"format":"uuid","type":"string"}"#)
        #expect(schema(URL.self) == #"{"format":"uri-reference","type":"string"}"#)
        #expect(schema(Data.self) == #"{"contentEncoding":"base64","type":"string"}"#)
        #expect(schema(Date.self) == #"{"format":"date-time","type":"string"}"#)
        #expect(schema(Duration.self) == #"{"format":"duration","type":"string"}"#)
    }

    @Test func `collections and optionals`() {
        #expect(schema([Int].self) == #"{"items":{"type":"integer"},"type":"array"}"#)
        #expect(schema(Set<Bool>.self) == #"{"items":{"type":"boolean"},"type":"array"}"#)
        #expect(
            schema([String: [Bool]].self)
                == #"{"additionalProperties":{"items":{"type":"boolean"},"type":"array"},"#
                + #""type":"object"}"#)
        #expect(
            schema([Int: String].self)
                == #"{"additionalProperties":{"type":"string"},"type":"object"}"#)
        #expect(schema([Double: String].self) == #"{"items":{},"type":"array"}"#)
        #expect(schema(Int?.self) == #"{"anyOf":[{"type":"integer"},{"type":"null"}]}"#)
        #expect(schema(Int??.self) == schema(Int?.self))
    }

    private enum Colour: String, Codable { case red, green, other = "anything else" }
    private enum Single: String, Codable { case only }
    private enum Flag: Codable { case on, off }
    private indirect enum Expression: Codable {
        case number(Double), sum(Expression, Expression)
    }

    @Test func `enums list all their cases`() {
        #expect(
            schema(Sample.Status.self)
                == #"{"enum":["available","reserved","sold"],"title":"Status"}"#)
        #expect(schema(Sample.Level.self) == #"{"enum":[1,10],"title":"Level"}"#)
        #expect(
            schema(Colour.self) == #"{"enum":["red","green","anything else"],"title":"Colour"}"#)
        #expect(schema(Single.self) == #"{"enum":["only"],"title":"Single"}"#)
    }

    @Test func `enums with values are an object with the member of the case`() {
        func form(_ name: String, _ inner: String) -> String {
            #"{"properties":{"\#(name)":\#(inner)},"required":["\#(name)"],"type":"object"}"#
        }
        let empty = #"{"properties":{},"type":"object"}"#
        #expect(
            schema(Flag.self)
                == #"{"oneOf":[\#(form("on", empty)),\#(form("off", empty))],"title":"Flag"}"#)
        let card =
            #"{"properties":{"month":{"type":"integer"},"number":{"type":"string"}},"#
            + #""required":["month","number"],"type":"object"}"#
        let split =
            #"{"properties":{"_0":{"items":{"type":"number"},"type":"array"},"#
            + #""_1":{"enum":["available","reserved","sold"],"title":"Status"}},"#
            + #""required":["_0","_1"],"type":"object"}"#
        let forms = [form("card", card), form("cash", empty), form("split", split)]
        #expect(
            schema(Sample.Payment.self)
                == #"{"oneOf":[\#(forms.joined(separator: ","))],"title":"Payment"}"#)
        let sum =
            ##"{"_0":{"$ref":"#/$defs/Expression"},"_1":{"$ref":"#/$defs/Expression"}}"##
        #expect(schema(Expression.self)?.contains(sum) == true)
    }

    private struct Order: Codable {
        var zone: Sample.Status
        var level: Sample.Level
        var note: String?
        var lines: [Line]
        var first: Line
        struct Line: Codable {
            var price: Double
            var count: UInt8
        }
    }

    @Test func `a struct has its fields, and those without a value may be missing`() {
        let line =
            #"{"properties":{"count":{"maximum":255,"minimum":0,"type":"integer"},"#
            + #""price":{"type":"number"}},"required":["count","price"],"title":"Line","#
            + #""type":"object"}"#
        #expect(
            schema(Order.self)
                == #"{"properties":{"first":\#(line),"#
                + #""level":{"enum":[1,10],"title":"Level"},"#
                + #""lines":{"items":\#(line),"type":"array"},"#
                + #""note":{"anyOf":[{"type":"string"},{"type":"null"}]},"#
                + #""zone":{"enum":["available","reserved","sold"],"title":"Status"}},"#
                + #""required":["first","level","lines","zone"],"title":"Order","type":"object"}"#)
    }

    private final class Node: Codable {
        var value: Int
        var next: Node?
        var others: [String: Node]
        init() { (value, next, others) = (0, nil, [:]) }
    }
    private struct Holder: Codable { var node: Node }

    @Test func `types that contain themselves are set apart`() {
        let node =
            ##"{"Node":{"properties":{"next":{"anyOf":[{"$ref":"#/$defs/Node"},{"type":"null"}]},"##
            + ##""others":{"additionalProperties":{"$ref":"#/$defs/Node"},"type":"object"},"##
            + ##""value":{"type":"integer"}},"required":["others","value"],"title":"Node","##
            + ##""type":"object"}}"##
        #expect(schema(Node.self) == ##"{"$defs":\##(node),"$ref":"#/$defs/Node"}"##)
        #expect(
            schema(Holder.self)
                == ##"{"$defs":\##(node),"properties":{"node":{"$ref":"#/$defs/Node"}},"##
                + ##""required":["node"],"title":"Holder","type":"object"}"##)
    }

    private struct Wrapper: Codable {
        var raw: String
        init(from decoder: any Decoder) throws {
            raw = try decoder.singleValueContainer().decode(String.self)
        }
        func encode(to encoder: any Encoder) throws { try raw.encode(to: encoder) }
    }
    private struct Either: Decodable {
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if (try? container.decode(Int.self)) != nil { return }
            _ = try container.decode(String.self)
        }
    }
    private struct Picky: Decodable {
        var wrapper: Wrapper
        var number: Int
        enum Key: CodingKey { case wrapper, number, last }
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            wrapper = try container.decode(Wrapper.self, forKey: .wrapper)
            number = try container.decode(Int.self, forKey: .number)
            guard number > 0 else { throw CancellationError() }
            _ = try container.decode(Int.self, forKey: .last)
        }
    }
    private struct Money: Codable, JSONSchemaProviding {
        static let jsonSchema = #"{ "type": "string", "pattern": "^[0-9]+$" }"#
    }
    private struct Broken: Codable, JSONSchemaProviding {
        static let jsonSchema = "{"
    }
    /// Each contains the next, and none is the last.
    private struct Endless<T>: Decodable {
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Sample.Key.self)
            _ = try container.decodeIfPresent([Endless<[T]>].self, forKey: .a)
        }
    }
    private struct NotCodable {}

    @Test func `hand-written decoding is followed as far as it goes`() {
        #expect(schema(Wrapper.self) == #"{"type":"string"}"#)
        #expect(schema(Either.self) == nil)
        #expect(schema(Sample.Tree.self) == nil)
        #expect(
            schema(Picky.self)
                == #"{"properties":{"number":{"type":"integer"},"wrapper":{"type":"string"}},"#
                + #""required":["number","wrapper"],"title":"Picky","type":"object"}"#)
    }

    private struct Paid: Codable {
        var payment: Sample.Payment
        var amount: Int
    }

    @Test func `what comes behind an enum with values is known, too`() {
        #expect(schema(Paid.self)?.contains(#""required":["amount","payment"]"#) == true)
    }

    private struct Described: Codable, JSONSchemaDescribed, Equatable {
        var seats: [String]
        static let jsonDescription: String? = "What somebody wants"
        static let jsonMemberDescriptions = ["seats": "As on the map", "unknown": "-"]
        static let jsonExample: Described? = Described(seats: ["B7"])
    }

    @Test func `a type may describe itself`() {
        #expect(
            schema(Described.self)
                == #"{"description":"What somebody wants","properties":{"seats":{"#
                + #""description":"As on the map","items":{"type":"string"},"type":"array"}},"#
                + #""required":["seats"],"title":"Described","type":"object"}"#)
        #expect(example(Described.self) == #"[{"seats":["B7"]}]"#)
        #expect(example([Described].self) == #"[[{"seats":["B7"]}]]"#)
    }

    @Test func `examples are values of their types`() throws {
        func check<T: Decodable>(_ type: T.Type) throws {
            let text = try #require(example(type))
            #expect(throws: Never.self, "\(text)") { try ours([T].self, text) }
        }
        #expect(example(String.self) == #"["text"]"#)
        #expect(example(Order?.self) == example(Order.self))
        try check(String.self)
        try check(Int8?.self)
        try check(Date.self)
        try check([String: Duration].self)
        try check(Order.self)
        try check(Sample.Flat.self)
        try check(Sample.Nested.self)
        try check(Sample.Foundations.self)
        try check(Sample.Payment.self)
        try check(Node.self)
        try check(Holder.self)
        try check(Expression.self)
        try check(Paid.self)
        try check(Described?.self)
        // Nobody can know what such a pattern takes.
        #expect(example(Money.self) == nil)
        #expect(example(Either.self) == nil)
    }

    @Test func `a type may give its own schema`() {
        #expect(schema(Money.self) == #"{"pattern":"^[0-9]+$","type":"string"}"#)
        #expect(
            schema([Money].self)
                == #"{"items":{"pattern":"^[0-9]+$","type":"string"},"type":"array"}"#)
        #expect(schema(Broken.self) == nil)
    }

    @Test func `unknown types have none, endless ones an end`() throws {
        #expect(schema(Void.self) == nil)
        #expect(schema(NotCodable.self) == nil)
        #expect(schema(Never.self) == nil)
        let endless = try #require(schema(Endless<Int>.self))
        #expect(endless.utf8.count < 10_000)
        #expect(schema(Sample.Nested.self) == schema(Sample.Nested.self))
        #expect(try #require(schema(Sample.Foundations.self)).contains("uuid"))
        _ = schema(Sample.Derived.self)
        _ = schema(Duration.self)
        _ = schema(ClosedRange<Int>.self)
        _ = schema(CodableWithTuple.self)
    }

    private struct CodableWithTuple: Decodable {
        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            _ = try (container.decode(Int.self), container.decode(String.self))
            while !container.isAtEnd { _ = try container.decode(Int.self) }
        }
    }
}
