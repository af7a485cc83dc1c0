/// Decodes texts that consist of one scalar in its simplest form, without making a document.
///
/// Nil means that the text has another form or is invalid; then a document is made, which also
/// reports errors.
extension JSONText {
    /// Decodes a string of ASCII characters without escapes.
    static func plainString(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        guard text.count >= 2, text[0] == UInt8(ascii: "\""),
            text[text.count - 1] == UInt8(ascii: "\"")
        else { return nil }
        let inner = UnsafeBufferPointer(rebasing: text[1..<(text.count - 1)])
        guard isPlain(inner) else { return nil }
        return String(decoding: inner, as: UTF8.self)
    }

    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress else { return true }
        var index = 0
        while index &+ 8 <= text.count {
            let word = word(start + index)
            if specials(word) | nonASCII(word) != 0 { return false }
            index &+= 8
        }
        while index < text.count {
            if isSpecial(start[index]) || start[index] >= 0x80 { return false }
            index &+= 1
        }
        return true
    }

    /// Decodes up to 18 digits, which always fit.
    static func plainInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard (1...18).contains(text.count) else { return nil }
        if text[0] == UInt8(ascii: "0"), text.count > 1 { return nil }
        var number: Int64 = 0
        for byte in text {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number &* 10 &+ Int64(digit)
        }
        return number
    }
}
