internal import Primitives

/// Makes texts of 26 characters that sort by time (Crockford's base 32). They serve as idempotency
/// keys for calls that have none.
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
