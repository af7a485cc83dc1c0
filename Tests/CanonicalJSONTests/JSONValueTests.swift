import CanonicalJSON
import Testing

struct JSONValueTests {
    private struct Order: Codable, Equatable {
        var seats: [String]
        var price: Double
    }

    @Test func `a value becomes any JSON, and any JSON a value again`() throws {
        let order = Order(seats: ["B7"], price: 12.5)
        let value = try JSONValue(of: order)
        #expect(value == .object(["seats": .array(["B7"]), "price": .number(12.5)]))
        #expect(try value.decoded(as: Order.self) == order)
        #expect(throws: DecodingError.self) { try value.decoded(as: Int.self) }
        #expect(throws: EncodingError.self) { try JSONValue(of: Double.infinity) }
    }

    @Test func `what is passed on keeps the digits of its numbers`() throws {
        let text = #"{"a":1.50,"b":[1e2,12345678901234567890],"c":null}"#
        let value = try JSON.decode(JSONValue.self, from: Array(text.utf8))
        #expect(String(decoding: try JSON.encode(value), as: UTF8.self) == text)
    }

    @Test func `the schema of any JSON allows anything`() throws {
        #expect(try JSON.schema(of: JSONValue.self) == nil)
        let list = try JSON.schema(of: [JSONValue].self).map { String(decoding: $0, as: UTF8.self) }
        #expect(list?.contains(#""items":{}"#) == true)
    }
}
