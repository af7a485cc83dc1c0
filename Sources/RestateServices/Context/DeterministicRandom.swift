internal import Primitives

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

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

    /// Returns a version 4 UUID.
    public mutating func uuid() -> UUID {
        let (low, high) = (next().littleEndian, next().littleEndian)
        var bytes: [UInt8] = []
        withUnsafeBytes(of: low) { bytes += $0 }
        withUnsafeBytes(of: high) { bytes += $0 }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }
}

extension Context {
    /// Returns a version 4 UUID that is the same on every replay.
    public func uuid() -> UUID { random.uuid() }
}
