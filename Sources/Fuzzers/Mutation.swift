/// Damages what was recorded: bits, bytes, numbers, places, order; and words that mean something.
struct Mutation {
    /// What the format knows: put in now and then, so that damage gets further in.
    var words: [[UInt8]]
    /// What is spliced with an input.
    var corpus: [[UInt8]]

    func damaged(_ original: [UInt8], _ random: inout Randomness) -> [UInt8] {
        var bytes = original
        for _ in 0...random.size(5) { damage(&bytes, &random) }
        return bytes
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout Randomness) {
        let place = random.below(bytes.count + 1)
        let end = min(bytes.count, place + 1 + random.size(40))
        switch random.below(11) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1 where place < bytes.count: bytes[place] = random.byte()
        case 2 where place < bytes.count: bytes[place] = random.pick(Self.telling)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 5: bytes.insert(contentsOf: random.bytes(1 + random.size(8)), at: place)
        case 6 where random.oneIn(4): bytes.removeSubrange(place...)
        case 7 where !corpus.isEmpty:
            let other = random.pick(corpus)
            let from = random.below(other.count + 1)
            let rest = other[from...].prefix(1 + random.size(400))
            bytes.replaceSubrange(place..<(random.oneIn(2) ? bytes.count : end), with: rest)
        case 8 where random.oneIn(4):
            let part = Array(bytes[place..<end])
            for _ in 0..<random.size(200) { bytes.insert(contentsOf: part, at: place) }
        default:
            if words.isEmpty { return }
            bytes.replaceSubrange(place..<(random.oneIn(2) ? place : end), with: random.pick(words))
        }
    }

    /// Bytes at the borders of what parsers tell apart.
    private static let telling: [UInt8] =
        [0, 1, 9, 10, 13, 31, 32, 126, 127, 128, 0xc3, 0xed, 0xfe, 0xff]
        + Array("\"'\\/:;,%&=?#{}[]0".utf8)
}
