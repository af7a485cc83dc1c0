import Primitives

/// Writes and reads base64 with padding (RFC 4648, section 4), which bodies of events are in. It is
/// the text of `Base64URL` with two other letters and the padding.
enum Base64 {
    private static let padding = UInt8(ascii: "=")

    static func encode(_ bytes: [UInt8]) -> String {
        var text = Base64URL.encode(bytes)
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "-"): text[index] = UInt8(ascii: "+")
            case UInt8(ascii: "_"): text[index] = UInt8(ascii: "/")
            default: break
            }
        }
        text.append(contentsOf: repeatElement(padding, count: (4 - text.count % 4) % 4))
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns nil for text that is not base64 from its first to its last letter.
    static func decode(_ text: String) -> [UInt8]? {
        var letters = Array(text.utf8)
        guard letters.count % 4 == 0 else { return nil }
        for _ in 0..<2 where letters.last == padding { letters.removeLast() }
        for index in letters.indices {
            switch letters[index] {
            case UInt8(ascii: "+"): letters[index] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): letters[index] = UInt8(ascii: "_")
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            default: break
            }
        }
        return Base64URL.decode(letters[...])
    }
}
