/// The public half of a server's request identity key. As text it is `publickeyv1_` and the base58
/// encoding of its 32 bytes.
package struct IdentityKey: Equatable, Sendable {
    package let bytes: [UInt8]

    private static let prefix = "publickeyv1_"

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// - Throws: a sentence with at most the beginning of the text, which might be a secret that
    ///   was put in the wrong place.
    package init(parsing text: String) throws(IdentityError) {
        let start = text.prefix(16)
        guard text.hasPrefix(Self.prefix) else {
            throw IdentityError(
                "'\(start)…' is not a request identity key: keys begin with '\(Self.prefix)'.")
        }
        guard let bytes = Base58.decode(text.dropFirst(Self.prefix.count)) else {
            throw IdentityError(
                "The request identity key '\(start)…' is not base58 after '\(Self.prefix)'.")
        }
        guard bytes.count == Ed25519.keyCount else {
            throw IdentityError(
                "The request identity key '\(start)…' has the wrong length: "
                    + "\(bytes.count) bytes instead of \(Ed25519.keyCount).")
        }
        guard !Ed25519.isOfSmallOrder(bytes) else {
            throw IdentityError(
                "The request identity key '\(start)…' is a point of small order: anyone "
                    + "can sign for it. Use the key that the server logs when it starts.")
        }
        self.bytes = bytes
    }

    package var text: String { Self.prefix + Base58.encode(bytes) }
}

/// Encodes bytes as a number in base 58, with Bitcoin's digits. Each leading zero byte becomes a
/// `1`.
private enum Base58 {
    private static let digits = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        let zeros = bytes.prefix { $0 == 0 }.count
        let number = convert(bytes.map(Int.init), from: 256, to: 58)
        let text = Array(repeating: digits[0], count: zeros) + number.map { digits[$0] }
        return String(decoding: text, as: UTF8.self)
    }

    /// Fails for other characters, and for texts much longer than a key, because the time is
    /// quadratic.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count <= 100 else { return nil }
        var values: [Int] = []
        for byte in text.utf8 {
            guard let value = digits.firstIndex(of: byte) else { return nil }
            values.append(value)
        }
        let zeros = values.prefix { $0 == 0 }.count
        return Array(repeating: 0, count: zeros)
            + convert(values, from: 58, to: 256).map { UInt8($0) }
    }

    /// Converts a number to another base. Digits are most significant first, and the result has no
    /// leading zeros.
    private static func convert(_ number: [Int], from: Int, to: Int) -> [Int] {
        var result: [Int] = []
        for digit in number {
            var carry = digit
            for index in result.indices {
                carry += result[index] * from
                result[index] = carry % to
                carry /= to
            }
            while carry > 0 {
                result.append(carry % to)
                carry /= to
            }
        }
        return result.reversed()
    }
}
