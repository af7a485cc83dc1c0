internal import Primitives

/// Generates random numbers from the invocation's seed. They are the same on every attempt.
///
/// The generator is xoshiro256++, seeded by four outputs of SplitMix64. It is not fit for secrets.
public struct DeterministicRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Makes a generator for tests. Handlers use ``Context/random``, whose seed is the invocation's.
    public init(seed: UInt64) {
        var seeds = SplitMix(seed: seed)
        state = (seeds.next(), seeds.next(), seeds.next(), seeds.next())
    }

    public mutating func next() -> UInt64 {
        let sum = state.0 &+ state.3
        let result = (sum << 23 | sum >> 41) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    /// Returns a number in the half-open range from 0 to 1.
    public mutating func double() -> Double {
        Double(next() & (1 << 53 - 1)) / Double(1 << 53 as UInt64)
    }

    /// Returns the text of a version 4 UUID, such as `E621E1F8-C36C-495A-93FC-0C247A3E6E5F`. It is
    /// that of the UUID which `uuid()` would return.
    public mutating func uuidString() -> String {
        let bytes = uuidBytes()
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for (index, byte) in bytes.enumerated() {
                if [4, 6, 8, 10].contains(index) {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                for digit in [byte >> 4, byte & 15] {
                    text[place] = digit + UInt8(ascii: digit < 10 ? "0" : "7")  // "7" + 10 is "A".
                    place += 1
                }
            }
            return place
        }
    }

    /// Draws the sixteen bytes of a version 4 UUID.
    mutating func uuidBytes() -> [UInt8] {
        let (low, high) = (next().littleEndian, next().littleEndian)
        var bytes: [UInt8] = []
        withUnsafeBytes(of: low) { bytes += $0 }
        withUnsafeBytes(of: high) { bytes += $0 }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes
    }
}

extension Context {
    /// Returns the text of a version 4 UUID that is the same on every replay. It is that of the UUID
    /// which `uuid()` would return.
    public func uuidString() -> String { random.uuidString() }
}
