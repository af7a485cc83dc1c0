internal import CanonicalJSON
internal import Primitives
internal import Restate

/// The members of a JSON object as they stand there: in order, with all that are there twice, and
/// names that are told apart by their bytes. No dictionary of texts is that exact.
struct RawObject {
    typealias Member = (name: String, value: ArraySlice<UInt8>)
    private(set) var members: [Member] = []

    /// Nil if it is another value.
    ///
    /// - Parameter json: a whole and correct text.
    init?(_ json: ArraySlice<UInt8>) {
        var rest = Self.trimmed(json)
        guard rest.popFirst() == UInt8(ascii: "{") else { return nil }
        while true {
            rest = Self.trimmed(rest)
            let name = rest.prefix(Self.length(of: rest))
            guard name.first == UInt8(ascii: "\""),
                let text = try? JSON.decode(String.self, from: name)
            else { break }
            rest = Self.trimmed(rest.dropFirst(name.count))
            // The colon.
            rest = Self.trimmed(rest.dropFirst())
            let value = rest.prefix(Self.length(of: rest))
            members.append((text, value))
            rest = Self.trimmed(rest.dropFirst(value.count))
            guard rest.popFirst() == UInt8(ascii: ",") else { break }
        }
    }

    /// The last one of that name.
    func value(_ name: String) -> ArraySlice<UInt8>? {
        members.last { ExactName(text: $0.name) == ExactName(text: name) }?.value
    }

    private static func trimmed(_ json: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        json.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    }

    /// Of the value at the beginning: a text, what is between brackets, or up to what ends a number.
    private static func length(of json: ArraySlice<UInt8>) -> Int {
        var depth = 0
        var isInText = false
        var index = json.startIndex
        while index < json.endIndex {
            switch json[index] {
            case UInt8(ascii: "\\") where isInText: index += 1
            case UInt8(ascii: "\""):
                isInText.toggle()
                if !isInText, depth == 0 { return index + 1 - json.startIndex }
            case _ where isInText: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return index - json.startIndex }
                depth -= 1
                if depth == 0 { return index + 1 - json.startIndex }
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0a, 0x0d:
                if depth == 0 { return index - json.startIndex }
            default: break
            }
            index += 1
        }
        return json.count
    }
}
