internal import CanonicalJSON
internal import Primitives
internal import Restate

/// The members of a JSON object in their order, repeated ones included, with names that are
/// compared by their bytes. A dictionary of Swift strings would merge names that are canonically
/// equivalent.
struct RawObject {
    typealias Member = (name: String, value: ArraySlice<UInt8>)
    private(set) var members: [Member] = []

    /// Returns nil if the value is not an object.
    ///
    /// - Parameter json: valid JSON; it is not checked again.
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
            // This skips the colon.
            rest = Self.trimmed(rest.dropFirst())
            let value = rest.prefix(Self.length(of: rest))
            members.append((text, value))
            rest = Self.trimmed(rest.dropFirst(value.count))
            guard rest.popFirst() == UInt8(ascii: ",") else { break }
        }
    }

    /// Returns the last member of that name.
    func value(_ name: String) -> ArraySlice<UInt8>? {
        members.last { ExactName(text: $0.name) == ExactName(text: name) }?.value
    }

    private static func trimmed(_ json: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        json.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    }

    /// Returns the length of the value at the beginning: a string, everything between brackets, or
    /// up to the character that ends a number or word.
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
