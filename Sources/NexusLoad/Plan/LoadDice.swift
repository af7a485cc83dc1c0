/// Random numbers that are the same for the same seed: SplitMix64. Each user has dice of their own, so what
/// a user wants does not depend on how fast the others are answered.
public struct LoadDice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64, user: Int) {
        // Far apart, so that two users do not throw the same numbers one throw later.
        state = seed &+ UInt64(user) &* 0xD134_2543_DE82_EF95
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
