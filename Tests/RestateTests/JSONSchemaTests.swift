import Foundation
import Restate
import Testing

/// Schemas from nothing but `Decodable`.
struct JSONSchemaTests {
    private func schema<T>(_ type: T.Type) -> String? {
        JSON.schema(of: type).map { String(decoding: $0, as: UTF8.self) }
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
        #expect(
            schema(Date.self)
                == #"{"description":"seconds since 2001-01-01T00:00:00Z","type":"number"}"#)
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

    @Test func `enums list their cases if they can`() {
        #expect(
            schema(Sample.Status.self) == #"{"enum":["available","reserved","sold"]}"#)
        // Not CaseIterable: the raw value's type is all there is to know.
        #expect(schema(Sample.Level.self) == #"{"type":"integer"}"#)
        #expect(schema(Sample.Payment.self) == nil)
    }

    private struct Order: Codable {
        var zone: Sample.Status
        var level: Sample.Level
        var note: String?
        var lines: [Line]
        var first: Line
        var payment: Sample.Payment?
        struct Line: Codable {
            var price: Double
            var count: UInt8
        }
    }

    @Test func `a struct has its fields, and those without a value may be missing`() {
        let line =
            #"{"properties":{"count":{"maximum":255,"minimum":0,"type":"integer"},"#
            + #""price":{"type":"number"}},"required":["count","price"],"type":"object"}"#
        #expect(
            schema(Order.self)
                == #"{"properties":{"first":\#(line),"level":{"type":"integer"},"#
                + #""lines":{"items":\#(line),"type":"array"},"#
                + #""note":{"anyOf":[{"type":"string"},{"type":"null"}]},"payment":{},"#
                + #""zone":{"enum":["available","reserved","sold"]}},"#
                + #""required":["first","level","lines","zone"],"type":"object"}"#)
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
            + ##""value":{"type":"integer"}},"required":["others","value"],"type":"object"}}"##
        #expect(schema(Node.self) == ##"{"$defs":\##(node),"$ref":"#/$defs/Node"}"##)
        #expect(
            schema(Holder.self)
                == ##"{"$defs":\##(node),"properties":{"node":{"$ref":"#/$defs/Node"}},"##
                + ##""required":["node"],"type":"object"}"##)
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
                + #""required":["number","wrapper"],"type":"object"}"#)
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
