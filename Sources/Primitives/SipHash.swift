/// SipHash-1-3 with the key zero, which is what Rust's standard hasher computes.
package enum SipHash {
    package static func hash(_ bytes: [UInt8]) -> UInt64 {
        var state = State()
        let whole = bytes.count & ~7
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: whole, by: 8) {
                let word = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                state.absorb(UInt64(littleEndian: word))
            }
            // Little endian; what is missing is zero.
            var rest = UInt64(bytes.count) << 56
            for place in whole..<bytes.count {
                rest |= UInt64(bytes[place]) << (8 * (place - whole))
            }
            state.absorb(rest)
        }
        return state.end()
    }

    /// Hashes numbers as their bytes, the lowest first.
    package static func hash(words: [UInt64]) -> UInt64 {
        var state = State()
        for word in words { state.absorb(word) }
        state.absorb(UInt64(words.count * 8) << 56)
        return state.end()
    }

    private struct State {
        private var (a, b): (UInt64, UInt64) = (0x736F_6D65_7073_6575, 0x646F_7261_6E64_6F6D)
        private var (c, d): (UInt64, UInt64) = (0x6C79_6765_6E65_7261, 0x7465_6462_7974_6573)

        mutating func absorb(_ word: UInt64) {
            d ^= word
            mix()
            a ^= word
        }

        mutating func end() -> UInt64 {
            c ^= 0xFF
            for _ in 0..<3 { mix() }
            return a ^ b ^ c ^ d
        }

        private mutating func mix() {
            a &+= b
            b = rotated(b, 13) ^ a
            a = rotated(a, 32)
            c &+= d
            d = rotated(d, 16) ^ c
            a &+= d
            d = rotated(d, 21) ^ a
            c &+= b
            b = rotated(b, 17) ^ c
            c = rotated(c, 32)
        }

        private func rotated(_ word: UInt64, _ by: UInt64) -> UInt64 {
            word << by | word >> (64 - by)
        }
    }
}
