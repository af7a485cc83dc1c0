/// Scans strings and checks them completely: escapes, surrogate pairs and UTF-8.
extension JSONScanner {
    @discardableResult
    mutating func scanString() throws(JSONFault) -> JSONNode.Flags {
        let start = position + 1
        position = start
        var flags: JSONNode.Flags = []
        while true {
            while position &+ 8 <= count {
                let word = JSONText.word(text + position)
                let stops = JSONText.specials(word) | JSONText.nonASCII(word)
                guard stops == 0 else {
                    position &+= stops.trailingZeroBitCount >> 3
                    break
                }
                position &+= 8
            }
            guard position < count else { throw endOfText() }
            let byte = text[position]
            switch byte {
            case UInt8(ascii: "\""):
                append(.string, at: start, length: position - start, flags: flags)
                position &+= 1
                return flags
            case UInt8(ascii: "\\"):
                flags.insert(.isEscaped)
                try scanEscape()
            case 0x80...:
                flags.insert(.isNonASCII)
                try scanUTF8()
            case ..<0x20:
                throw fault("a control character in a string must be escaped")
            default:
                position &+= 1
            }
        }
    }

    private mutating func scanEscape() throws(JSONFault) {
        guard position + 1 < count else { throw endOfText() }
        switch text[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 2
        case UInt8(ascii: "u"):
            let unit = try scanUnit()
            guard unit & 0xf800 == 0xd800 else { return }
            let start = position - 6
            // A high surrogate is valid only if a low one follows.
            if unit < 0xdc00, position + 1 < count, text[position] == UInt8(ascii: "\\"),
                text[position + 1] == UInt8(ascii: "u"), try scanUnit() & 0xfc00 == 0xdc00
            {
                return
            }
            position = start
            throw fault("half of a surrogate pair")
        default:
            throw fault("unknown escape in a string")
        }
    }

    /// Scans `\uXXXX`.
    private mutating func scanUnit() throws(JSONFault) -> UInt16 {
        guard position + 6 <= count else { throw endOfText() }
        var unit: UInt16 = 0
        for index in 2..<6 {
            let digit = JSONText.hexValue(text[position + index])
            guard digit < 16 else { throw fault("expected four hexadecimal digits after '\\u'") }
            unit = unit << 4 | UInt16(digit)
        }
        position &+= 6
        return unit
    }

    /// Scans one sequence of two to four bytes.
    private mutating func scanUTF8() throws(JSONFault) {
        let byte = text[position]
        let length: Int
        // The range of the second byte excludes overlong forms, surrogates and code points beyond
        // Unicode.
        var second: ClosedRange<UInt8> = 0x80...0xbf
        switch byte {
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef:
            length = 3
            if byte == 0xe0 { second = 0xa0...0xbf }
            if byte == 0xed { second = 0x80...0x9f }
        case 0xf0...0xf4:
            length = 4
            if byte == 0xf0 { second = 0x90...0xbf }
            if byte == 0xf4 { second = 0x80...0x8f }
        default: throw fault("invalid UTF-8")
        }
        guard position + length <= count else { throw fault("invalid UTF-8") }
        guard second.contains(text[position + 1]) else { throw fault("invalid UTF-8") }
        for index in 2..<max(length, 2) where text[position + index] & 0xc0 != 0x80 {
            throw fault("invalid UTF-8")
        }
        position &+= length
    }
}
