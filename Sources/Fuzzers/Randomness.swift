import Primitives

/// A small generator: the same seed, the same numbers, in every process and on every machine.
struct Randomness: RandomNumberGenerator {
    private var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(seed: seed) }

    /// The generator of one input: each can be made alone, without those before it.
    init(seed: UInt64, input index: Int) {
        var mixer = Randomness(seed: seed)
        self.init(seed: mixer.next() ^ (UInt64(index) &* 0xd134_2543_de82_ef95))
        _ = next()
    }

    mutating func next() -> UInt64 { generator.next() }

    /// From 0 to `bound - 1`; 0 if there is nothing to choose from.
    mutating func below(_ bound: Int) -> Int {
        bound <= 0 ? 0 : Int(truncatingIfNeeded: next() >> 33) % bound
    }

    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 24) }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// Small most of the time, now and then up to `most`.
    mutating func size(_ most: Int) -> Int { below(below(below(most + 1) + 1) + 1) }
}
