import Primitives
import RestateProtocol

/// Where the invocation's random numbers start: the same in every attempt.
enum RandomSeed {
    /// Servers send the seed since version 6. Before, it follows from what never changes.
    static func seed(of id: Bytes) -> UInt64 {
        SHA256.digest(id).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
