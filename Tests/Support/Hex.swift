/// Parses hexadecimal digits. White space is ignored, and so is a comment from `#` to the end of
/// its line.
package func bytes(hex text: some StringProtocol) throws -> [UInt8] {
    var digits: [UInt8] = []
    var isComment = false
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\n"): isComment = false
        case UInt8(ascii: "#"): isComment = true
        case _ where isComment, UInt8(ascii: " "), UInt8(ascii: "\t"): continue
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte - UInt8(ascii: "A") + 10)
        default: throw FixtureError("\(byte) is not the code of a hexadecimal digit")
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
