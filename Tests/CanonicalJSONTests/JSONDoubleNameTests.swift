import CanonicalJSON
import Testing

/// One name twice: other readers take the last one, or both. Whoever sends that has made a mistake.
struct JSONDoubleNameTests {
    private struct Pair: Decodable, Equatable { var a: Int, b: Int }

    private func sentence<T: Decodable>(_ type: T.Type, _ text: String) -> String? {
        do {
            _ = try ours(type, text)
            return nil
        } catch {
            return JSON.describe(error)
        }
    }

    @Test func `a member that stands twice is refused with its place`() {
        #expect(
            sentence(Pair.self, #"{"a":1,"b":2,"a":3}"#)
                == "the member 'a' stands here twice at $.a (byte 13)")
        #expect(
            sentence([String: [String: Int]].self, #"{"x":{"a":1,"a":1}}"#)
                == "the member 'a' stands here twice at $.x.a (byte 12)")
        #expect(sentence([Pair].self, #"[{"a":1,"b":2,"x":0,"x":0}]"#)?.contains("'x'") == true)
        #expect(sentence(Pair.self, #"{"\u0061":1,"b":2,"a":3}"#)?.contains("twice") == true)
        #expect(sentence(Sample.Tree.self, #"{"a":1,"a":2}"#) != nil)
    }

    @Test func `two spellings of one name are one name`() {
        let text = "{\"e\u{301}\":1,\"\u{e9}\":2}"
        #expect(sentence([String: Int].self, text)?.contains("stands here twice") == true)
        struct Accent: Decodable { var é: Int }
        #expect(sentence(Accent.self, text)?.contains("stands here twice") == true)
    }

    @Test func `objects of any size are looked through`() throws {
        for count in [2, 3, 9, 16, 17, 100, 1000] {
            let members = (0..<count).map { #""k\#($0)":\#($0)"# }
            let text = "{" + members.joined(separator: ",") + "}"
            #expect(try ours([String: Int].self, text).count == count)
            struct Nothing: Decodable {
                init(from decoder: any Decoder) throws {
                    _ = try decoder.container(keyedBy: Sample.Key.self)
                }
            }
            #expect(throws: Never.self) { try ours(Nothing.self, text) }
            let again = "{" + (members + [#""k\#(count / 2)":0"#]).joined(separator: ",") + "}"
            #expect(throws: DecodingError.self) { try ours([String: Int].self, again) }
            #expect(throws: DecodingError.self) { try ours(Nothing.self, again) }
        }
    }

    @Test func `keys that mean the same are refused as well`() {
        #expect(sentence([Int: String].self, #"{"1":"a","01":"b"}"#)?.contains("same") == true)
        #expect(sentence([Double: Int].self, "[1.5,1,1.50,2]")?.contains("same") == true)
        #expect(sentence([Double: Int].self, "[1.5,1,2.5,2]") == nil)
    }

    @Test func `of any JSON the last one wins`() throws {
        #expect(try ourJSON(ours(JSONValue.self, #"{"a":1,"a":2}"#)) == #"{"a":2}"#)
    }
}
