import RestateProtocol

/// The name under which the outside world knows a signal of an invocation.
enum AwakeableID {
    private static let prefix = "sign_1"
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func text(invocation: some Collection<UInt8>, signal: UInt32) -> String {
        var bytes = Array(invocation)
        withUnsafeBytes(of: signal.bigEndian) { bytes.append(contentsOf: $0) }
        return prefix + base64URL(bytes)
    }

    /// Without padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (bytes.count * 4 + 2) / 3) { text in
            var count = 0
            var bits: UInt32 = 0
            var width: UInt32 = 0
            for byte in bytes {
                bits = bits << 8 | UInt32(byte)
                width += 8
                while width >= 6 {
                    width -= 6
                    text[count] = alphabet[Int(bits >> width & 63)]
                    count += 1
                }
            }
            if width > 0 {
                text[count] = alphabet[Int(bits << (6 - width) & 63)]
                count += 1
            }
            return count
        }
    }
}
