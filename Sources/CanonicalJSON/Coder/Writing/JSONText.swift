/// Escapes the strings of JSON byte by byte.
enum JSONText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Marks the bytes of `word` that are a quote, a backslash or a control character by their high
    /// bits. The result is exact up to the lowest mark: the borrow of the subtraction may set marks
    /// above it.
    @inline(__always)
    static func specials(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5c)
        let found =
            ((word &- (ones &* 0x20)) & ~word)
            | ((quote &- ones) & ~quote)
            | ((backslash &- ones) & ~backslash)
        return found & highBits
    }

    @inline(__always)
    static func nonASCII(_ word: UInt64) -> UInt64 { word & highBits }

    @inline(__always)
    static func word(_ text: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    static func isSpecial(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5c }

    /// Whether `count` bytes, the first ones of a big-endian word, are ASCII that needs no escapes.
    @inline(__always)
    static func isPlainASCII(_ word: UInt64, count: Int) -> Bool {
        // What is behind the bytes becomes spaces, which need no escapes either.
        let spaces = count == 8 ? 0 : (ones &* 0x20) &>> UInt64(8 &* count)
        return specials(word | spaces) | nonASCII(word) == 0
    }

    /// Returns the first eight bytes of a name as an integer that sorts like the bytes.
    @inline(__always)
    static func prefix(of name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let start = UnsafeRawPointer(name.baseAddress) else { return 0 }
        if name.count >= 8 { return start.loadUnaligned(as: UInt64.self).bigEndian }
        let free = UInt64(8 &* (8 &- name.count))
        if name.count >= 4 {
            // The two halves overlap in bytes that are equal.
            let first = start.loadUnaligned(as: UInt32.self).bigEndian
            let last = (start + (name.count &- 4)).loadUnaligned(as: UInt32.self).bigEndian
            return UInt64(first) << 32 | UInt64(last) << free
        }
        var prefix: UInt64 = 0
        for byte in name { prefix = prefix << 8 | UInt64(byte) }
        return name.isEmpty ? 0 : prefix << free
    }

    static func needsEscapes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress else { return false }
        var index = 0
        while index &+ 8 <= text.count {
            if specials(word(start + index)) != 0 { return true }
            index &+= 8
        }
        while index < text.count {
            if isSpecial(start[index]) { return true }
            index &+= 1
        }
        return false
    }

    /// Writes `text` with escapes. `target` must have room for six bytes for each byte of `text`.
    static func escape(
        _ text: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var count = 0
        func put(_ byte: UInt8) {
            target[count] = byte
            count &+= 1
        }
        func putShort(_ letter: Unicode.Scalar) {
            put(0x5c)
            put(UInt8(ascii: letter))
        }
        for byte in text {
            switch byte {
            case 0x22, 0x5c:
                put(0x5c)
                put(byte)
            case 0x08: putShort("b")
            case 0x09: putShort("t")
            case 0x0a: putShort("n")
            case 0x0c: putShort("f")
            case 0x0d: putShort("r")
            case ..<0x20:
                putShort("u")
                put(UInt8(ascii: "0"))
                put(UInt8(ascii: "0"))
                put(hexDigit(byte >> 4))
                put(hexDigit(byte & 15))
            default: put(byte)
            }
        }
        return count
    }

    /// Undoes `escape`: returns the bytes of a key that `escape` wrote.
    static func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == 0x5c, index + 1 < text.count else {
                result.append(text[index])
                index += 1
                continue
            }
            switch text[index + 1] {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "f"): result.append(0x0c)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "u"):
                result.append(hexValue(text[index + 4]) << 4 | hexValue(text[index + 5]))
                index += 4
            default: result.append(text[index + 1])
            }
            index += 2
        }
        return result
    }

    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? value + UInt8(ascii: "0") : value - 10 + UInt8(ascii: "a")
    }

    /// Returns the value of a hexadecimal digit, or 255.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x41 &+ 10
        case 0x61...0x66: byte &- 0x61 &+ 10
        default: 255
        }
    }
}
