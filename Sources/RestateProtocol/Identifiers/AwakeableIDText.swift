internal import Primitives

/// The id under which external systems complete an awakeable, which is a signal of an invocation.
///
/// The text is `sign_1`, followed by the base64url encoding of the invocation's 24 bytes and of the
/// signal's number in four bytes, big endian.
package struct AwakeableIDText {
    package let invocation: [UInt8]
    package let signal: UInt32
    /// Whether the id has the form `prom_1…` of protocol versions before 5. Such an id is well
    /// formed, so it is no error, but no invocation here can have it.
    package let isOld: Bool

    /// Parses an id with or without base64 padding, because some encoders write it. Fails for any
    /// other text.
    package init?(_ text: String) {
        isOld = text.hasPrefix("prom_1")
        guard isOld || text.hasPrefix(Self.prefix) else { return nil }
        var digits = Array(text.utf8.dropFirst(6))[...]
        for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        guard let bytes = Base64URL.decode(digits), bytes.count == 28 else { return nil }
        invocation = Array(bytes.prefix(24))
        signal = bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Makes the id of a signal; `invocation` is the 24 bytes of the invocation's id.
    package static func text(invocation: some Collection<UInt8>, signal: UInt32) -> String {
        var bytes = Array(invocation)
        withUnsafeBytes(of: signal.bigEndian) { bytes.append(contentsOf: $0) }
        return prefix + String(decoding: Base64URL.encode(bytes), as: UTF8.self)
    }

    private static let prefix = "sign_1"
}
