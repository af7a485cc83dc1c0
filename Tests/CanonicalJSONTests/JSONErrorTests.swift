import Foundation
import CanonicalJSON
import Testing

/// Errors as sentences: what is wrong, and where.
struct JSONErrorTests {
    private struct Hold: Decodable {
        var userId: String
        var ticketId: String
        var seats: [Seat]?
        struct Seat: Decodable {
            var row: UInt8
            var price: Double
        }
    }

    private func complaint<T: Decodable>(_ type: T.Type, _ text: String) -> String {
        do {
            _ = try ours(type, text)
            return "no error"
        } catch {
            return JSON.describe(error)
        }
    }

    @Test(arguments: [
        (#"{"userId": 1}"#, "expected a string at $.userId (byte 11), found a number"),
        (#"{"userId": null}"#, "expected a string at $.userId (byte 11), found null"),
        (#"{"userId": "a"}"#, "missing field 'ticketId' at $ (byte 0)"),
        ("[]", "expected an object at $ (byte 0), found an array"),
        (
            #"{"userId":"a","ticketId":"b","seats":[{"row":1,"price":2},{"row":300}]}"#,
            "300 does not fit UInt8 at $.seats[1].row (byte 65)"
        ),
        (
            #"{"userId":"a","ticketId":"b","seats":[{"row":1}]}"#,
            "missing field 'price' at $.seats[0] (byte 38)"
        ),
        (
            #"{"userId":"a","ticketId":"b","seats":[{"row":"1"}]}"#,
            "expected an integer at $.seats[0].row (byte 45), found a string"
        ),
        (#"{"userId": "a""#, "unexpected end of JSON at byte 14"),
        (#"{"userId": "a"#, "unexpected end of JSON at byte 13"),
        ("", "unexpected end of JSON at byte 0"),
        ("{} x", "unexpected data after the JSON at byte 3"),
        (#"{"userId" 1}"#, "expected ':' at byte 10, found '1'"),
        (#"{"userId": 1 2}"#, "expected ',' or '}' at byte 13, found '2'"),
        ("[1,]", "expected a JSON value at byte 3, found ']'"),
        (#"{"a":1,}"#, "expected a key in quotes at byte 7, found '}'"),
        ("[nul]", "expected a JSON value at byte 1, found 'n'"),
        ("[01]", "a number starts with a needless zero at byte 1"),
        ("[1.x]", "expected a digit at byte 3, found 'x'"),
        (#"["\ud800"]"#, "half of a surrogate pair at byte 2"),
        (#"["\q"]"#, "unknown escape in a string at byte 2"),
        ("[\"a\u{1}\"]", "a control character in a string must be escaped at byte 3"),
        ("\u{feff}{}", "expected a JSON value at byte 0, found a byte order mark"),
    ])
    func `a sentence for every mistake`(_ text: String, _ sentence: String) {
        #expect(complaint(Hold.self, text) == sentence)
    }

    @Test func `values of their own form`() {
        #expect(complaint([Data].self, #"["!"]"#) == "expected base64 at $[0] (byte 1)")
        #expect(complaint(URL.self, #""""#) == "expected a URL at $ (byte 0)")
        #expect(
            complaint([String: UUID].self, #"{"a b":"x"}"#)
                == #"expected a UUID at $["a b"] (byte 7)"#)
        #expect(complaint(Int.self, "1.5") == "1.5 does not fit Int at $ (byte 0)")
        #expect(complaint(Double.self, "1e999") == "1e999 does not fit Double at $ (byte 0)")
        #expect(
            complaint(Sample.Status.self, #""lost""#)
                == "Cannot initialize Status from invalid String value lost at $")
        #expect(
            complaint([Int].self, String(repeating: "[", count: 600))
                == "nested deeper than 512 levels at byte 512")
    }

    @Test func `invalid UTF-8 is found where it is`() {
        do {
            let text: [UInt8] = Array("[\"ab".utf8) + [0xff] + Array("\"]".utf8)
            _ = try JSON.decode([String].self, from: text[...])
            Issue.record("no error")
        } catch {
            #expect(JSON.describe(error) == "invalid UTF-8 at byte 4")
        }
    }

    @Test func `a slice counts from its own first byte`() {
        let bytes = Array("xxx[x]".utf8)
        do {
            _ = try JSON.decode([Int].self, from: bytes[3...])
            Issue.record("no error")
        } catch {
            #expect(JSON.describe(error) == "expected a JSON value at byte 1, found 'x'")
        }
    }

    @Test func `what users throw is told with its place`() {
        struct Even: Decodable {
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                guard try container.decode(Int.self).isMultiple(of: 2) else {
                    throw DecodingError.dataCorruptedError(
                        in: container, debugDescription: "an odd number.")
                }
            }
        }
        #expect(complaint([String: [Even]].self, #"{"k":[2,4,5]}"#) == "an odd number at $.k[2]")
    }
}
