/// Bytes written as hexadecimal digits; white space between them is allowed, and a comment from
/// a `#` to the end of its line.
package func bytes(hex text: some StringProtocol) throws -> [UInt8] {
    var digits: [UInt8] = []
    for line in text.split(separator: "\n") {
        for character in line.prefix(while: { $0 != "#" }) where !character.isWhitespace {
            guard let digit = character.hexDigitValue else {
                throw FixtureError("'\(character)' is not a hexadecimal digit")
            }
            digits.append(UInt8(digit))
        }
    }
    guard digits.count.isMultiple(of: 2) else { throw FixtureError("Half a byte in '\(text)'") }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

package func hex(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes {
        text += String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
    }
    return text
}
