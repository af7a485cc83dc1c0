/// Writes and reads base64 with padding (RFC 4648, section 4), which bodies of events are in.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
            var place = 0
            var index = 0
            while index < bytes.count {
                let left = bytes.count - index
                let group =
                    UInt32(bytes[index]) << 16
                    | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
                    | (left > 2 ? UInt32(bytes[index + 2]) : 0)
                text[place] = letter(group >> 18)
                text[place + 1] = letter(group >> 12 & 63)
                text[place + 2] = left > 1 ? letter(group >> 6 & 63) : padding
                text[place + 3] = left > 2 ? letter(group & 63) : padding
                place += 4
                index += 3
            }
            return place
        }
    }

    /// Returns nil for text that is not base64 from its first to its last letter.
    static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { letters in
            guard letters.count % 4 == 0 else { return nil }
            let padded = letters.suffix(2).count { $0 == padding }
            // Of two letters the last one is padding first.
            guard padded == 0 || letters.last == padding else { return nil }
            var isValid = true
            let size = letters.count / 4 * 3
            let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, count in
                var group: UInt32 = 0
                for index in 0..<letters.count - padded {
                    let value = value(letters[index])
                    isValid = isValid && value < 64
                    group = group << 6 | UInt32(value & 63)
                    if index & 3 == 3 {
                        target[count] = UInt8(truncatingIfNeeded: group >> 16)
                        target[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
                        target[count + 2] = UInt8(truncatingIfNeeded: group)
                        count += 3
                    }
                }
                if padded == 1 {
                    target[count] = UInt8(truncatingIfNeeded: group >> 10)
                    target[count + 1] = UInt8(truncatingIfNeeded: group >> 2)
                    count += 2
                } else if padded == 2 {
                    target[count] = UInt8(truncatingIfNeeded: group >> 4)
                    count += 1
                }
            }
            return isValid ? bytes : nil
        }
    }

    private static let padding = UInt8(ascii: "=")

    @inline(__always)
    private static func letter(_ bits: UInt32) -> UInt8 {
        let bits = UInt8(truncatingIfNeeded: bits)
        return switch bits {
        case 0..<26: bits + UInt8(ascii: "A")
        case 26..<52: bits - 26 + UInt8(ascii: "a")
        case 52..<62: bits - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    /// The six bits of a letter; 255 for what is none.
    @inline(__always)
    private static func value(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: 255
        }
    }
}
