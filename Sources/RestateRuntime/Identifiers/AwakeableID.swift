import Primitives
import RestateProtocol

/// The name under which the outside world knows a signal of an invocation: `sign_1` and base64url
/// of the invocation's bytes and the signal's number.
struct AwakeableID {
    let invocation: InvocationIdentity
    let signal: UInt32
    /// An id of protocol versions that are not spoken here: well formed, but nobody's.
    let isOld: Bool

    /// With or without the padding that some encoders write.
    init?(_ text: String) {
        isOld = text.hasPrefix("prom_1")
        guard isOld || text.hasPrefix("sign_1") else { return nil }
        var digits = Array(text.utf8.dropFirst(6))[...]
        for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        guard let bytes = Base64URL.decode(digits), bytes.count == 28 else { return nil }
        invocation = InvocationIdentity(bytes.prefix(24))
        signal = bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
