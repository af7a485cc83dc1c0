/// The name under which the outside world knows a signal of an invocation: `sign_1` and base64url
/// of the invocation's bytes and the signal's number.
struct AwakeableID {
    let invocation: InvocationID
    let signal: UInt32
    /// An id of protocol versions that are not spoken here: well formed, but nobody's.
    let isOld: Bool

    init?(_ text: String) {
        isOld = text.hasPrefix("prom_1")
        guard isOld || text.hasPrefix("sign_1"),
            let bytes = base64URL(text.utf8.dropFirst(6)), bytes.count == 28
        else { return nil }
        invocation = InvocationID(bytes.prefix(24))
        signal = bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// With or without padding; nil for anything else.
private func base64URL(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var width = 0
    var padding = 0
    for character in text {
        let value: UInt8
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): value = 62
        case UInt8(ascii: "_"): value = 63
        case UInt8(ascii: "="):
            padding += 1
            continue
        default: return nil
        }
        guard padding == 0 else { return nil }
        bits = bits << 6 | UInt32(value)
        width += 6
        if width >= 8 {
            width -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(width)))
        }
    }
    return padding <= 2 ? bytes : nil
}
