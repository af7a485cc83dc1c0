/// A small seeded generator: the runtime has no randomness of its own, so that a run can be
/// repeated from its seed.
package struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

/// Names of 26 characters that sort by time (Crockford's base 32), as for injected keys.
enum ULID {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    static func text(at now: Timestamp, _ random: inout SplitMix) -> String {
        var high = now << 16 | random.next() & 0xFFFF
        var low = random.next()
        return String(unsafeUninitializedCapacity: 26) { text in
            for index in stride(from: 25, through: 0, by: -1) {
                text[index] = alphabet[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
            }
            return 26
        }
    }
}
