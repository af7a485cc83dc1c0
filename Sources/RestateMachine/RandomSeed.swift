import Primitives
import RestateProtocol

/// The seed of an invocation's random numbers, which must be the same in every attempt.
enum RandomSeed {
    /// Derives the seed from the invocation's id, for protocol versions below 6, in which servers
    /// do not send one.
    static func seed(of id: Bytes) -> UInt64 {
        SHA256.digest(id).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
