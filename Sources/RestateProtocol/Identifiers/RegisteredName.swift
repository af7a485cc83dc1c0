/// The names that a server registers: a letter, or `_` and a letter or digit, and then more of them or of
/// a few signs.
package enum RegisteredName {
    package static func canBeService(_ name: String) -> Bool { isMade(name, with: "._-") }

    package static func canBeHandler(_ name: String) -> Bool { isMade(name, with: "_") }

    private static func isMade(_ name: String, with signs: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first else { return false }
        if !isLetter(first) {
            guard first == UInt8(ascii: "_"), bytes.count > 1,
                isLetter(bytes[1]) || isDigit(bytes[1])
            else { return false }
        }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || signs.utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
