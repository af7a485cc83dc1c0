import Primitives

/// HMAC-SHA256 (RFC 2104) says whether a message comes from somebody who knows the key, as webhooks of many
/// providers are signed.
///
/// ```swift
/// let signed = Array("\(time).".utf8) + ctx.request.body
/// guard HMACSHA256.isValid(signature, of: signed, key: Array(secret.utf8)) else {
///     throw TerminalError("The signature is wrong", code: 400)
/// }
/// ```
public enum HMACSHA256 {
    /// Returns the 32 bytes of the code.
    public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        HMAC.code(of: message, key: key)
    }

    /// Returns the code as 64 lower-case hexadecimal digits.
    public static func hex(of message: [UInt8], key: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = code(of: message, key: key).flatMap {
            [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns whether a code is that of the message. The time that it takes does not say how much of a wrong
    /// code is right.
    public static func isValid(_ code: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
        HMAC.areEqual(code, self.code(of: message, key: key))
    }

    /// Returns whether hexadecimal digits are the code of the message, in constant time as well. Lower-case
    /// digits are expected.
    public static func isValid(hex: String, of message: [UInt8], key: [UInt8]) -> Bool {
        HMAC.areEqual(Array(hex.utf8), Array(self.hex(of: message, key: key).utf8))
    }
}
