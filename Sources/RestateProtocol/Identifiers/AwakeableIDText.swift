internal import Primitives

/// The name under which the outside world knows a signal of an invocation: `sign_1`, and base64url of
/// the invocation's 24 bytes and the signal's number.
package struct AwakeableIDText {
    package let invocation: [UInt8]
    package let signal: UInt32
    /// An id of protocol versions that are not spoken here: well formed, but of no invocation.
    package let isOld: Bool

    /// With or without the padding that some encoders write; nil for any other text.
    package init?(_ text: String) {
        isOld = text.hasPrefix("prom_1")
        guard isOld || text.hasPrefix(Self.prefix) else { return nil }
        var digits = Array(text.utf8.dropFirst(6))[...]
        for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        guard let bytes = Base64URL.decode(digits), bytes.count == 28 else { return nil }
        invocation = Array(bytes.prefix(24))
        signal = bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The id of a signal.
    package static func text(invocation: some Collection<UInt8>, signal: UInt32) -> String {
        var bytes = Array(invocation)
        withUnsafeBytes(of: signal.bigEndian) { bytes.append(contentsOf: $0) }
        return prefix + String(decoding: Base64URL.encode(bytes), as: UTF8.self)
    }

    private static let prefix = "sign_1"
}
