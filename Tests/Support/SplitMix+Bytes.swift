package import Primitives

extension SplitMix {
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// Returns a number from 0 to `count - 1`.
    package mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
}
