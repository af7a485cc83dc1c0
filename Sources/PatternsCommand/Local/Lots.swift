internal import Patterns
internal import Restate
internal import Synchronization

/// Chance, as the command draws it for the outside parts.
final class Lots: Sendable {
    private let random: Mutex<DeterministicRandom>

    init(seed: UInt64?) {
        random = Mutex(DeterministicRandom(seed: seed ?? .random(in: 0...UInt64.max)))
    }

    /// A number from 0 to 1.
    func number() -> Double { random.withLock { $0.double() } }

    /// Whether something of this probability happens now.
    func draw(_ probability: Double) -> Bool { number() < probability }
}

/// An attempt failed by chance.
struct FailureHappened: Error, CustomStringConvertible {
    let description = "A failure happened!"
}
