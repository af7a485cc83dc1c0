/// Looks for the smallest input that still fails, by trying.
struct Shrinking {
    /// Whether an input fails. Asked again and again.
    let fails: ([UInt8]) async -> Bool
    var tries = 1500
    /// After this moment what is found so far is good enough.
    let deadline: ContinuousClock.Instant

    mutating func smallest(_ input: [UInt8]) async -> [UInt8] {
        var best = input
        var size = max(1, best.count / 2)
        while true {
            let before = best
            best = await without(best, size)
            if size > 1 {
                size /= 2
            } else {
                best = await plainer(best)
                if best == before { return best }
            }
            if isOver { return best }
        }
    }

    /// Leaves out pieces of that size.
    private mutating func without(_ input: [UInt8], _ size: Int) async -> [UInt8] {
        var best = input
        var place = 0
        while place < best.count, !isOver {
            var shorter = best
            shorter.removeSubrange(place..<min(best.count, place + size))
            if await stillFails(shorter) { best = shorter } else { place += size }
        }
        return best
    }

    /// Turns bytes into an `a` where it does not matter what they are.
    private mutating func plainer(_ input: [UInt8]) async -> [UInt8] {
        var best = input
        for place in best.indices where !isOver {
            for byte in [UInt8(ascii: "a"), UInt8(ascii: "0")] where best[place] != byte {
                if best[place] == UInt8(ascii: "a") { break }
                var plain = best
                plain[place] = byte
                if await stillFails(plain) {
                    best = plain
                    break
                }
            }
        }
        return best
    }

    private var isOver: Bool { tries <= 0 || ContinuousClock.now > deadline }

    private mutating func stillFails(_ input: [UInt8]) async -> Bool {
        tries -= 1
        return await fails(input)
    }
}
