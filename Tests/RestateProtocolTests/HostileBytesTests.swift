import Primitives
import RestateProtocol
import Support
import Testing

/// Bytes from nowhere and bytes with a flaw: an error or a message, never a trap.
/// A trap ends the whole run, so reaching the last line is the proof; the counts show that both
/// answers were really given.
@Suite struct HostileBytesTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `random payloads are a message or an error`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var (messages, errors) = (0, 0)
        for _ in 0..<100 {
            let payload = random.bytes(Int.random(in: 0...60, using: &random))
            for type in MessageType.allCases {
                if survives(type, payload[...]) { messages += 1 } else { errors += 1 }
            }
        }
        #expect(messages > 0 && errors > 0)
    }

    /// Tags and lengths that make sense get further in than pure noise.
    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `random fields are a message or an error`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var (messages, errors) = (0, 0)
        for _ in 0..<100 {
            let payload = randomFields(depth: 3, &random)
            for type in MessageType.allCases {
                if survives(type, payload[...]) { messages += 1 } else { errors += 1 }
            }
        }
        #expect(messages > 0 && errors > 0)
    }

    @Test(arguments: Fixtures.stories)
    func `recorded frames with a flaw are a message or an error`(story: String) throws {
        var random = SplitMix(seed: 21)
        var (messages, errors) = (0, 0)
        let frames = Set(try Fixtures.journals(in: story).flatMap(\.frames).map(\.bytes))
        for bytes in frames.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let frame = try onlyFrame(in: bytes), let type = frame.type else { continue }
            for _ in 0..<8 {
                let payload = mutated(Array(frame.payload), &random)
                if survives(type, payload[...]) { messages += 1 } else { errors += 1 }
            }
        }
        #expect(messages > 100 && errors > 100)
    }

    @Test(arguments: [31, 32, 33] as [UInt64])
    func `a random stream ends in frames or an error`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var (frames, errors) = (0, 0)
        for _ in 0..<500 {
            var decoder = FrameDecoder(limit: 100)
            var stream = random.bytes(64)
            // Lengths below the limit, or every stream would end at its first header.
            if Bool.random(using: &random) { stream.replaceSubrange(4..<7, with: [0, 0, 0]) }
            decoder.push(stream)
            do {
                while let frame = try decoder.next() {
                    frames += 1
                    _ = try? frame.message()
                }
            } catch {
                guard case .frameTooLarge = error else {
                    Issue.record("\(error)")
                    return
                }
                errors += 1
            }
        }
        #expect(frames > 0 && errors > 0)
    }

    /// True when the payload is a message. What was read once is written and read without change.
    private func survives(_ type: MessageType, _ payload: Bytes) -> Bool {
        do {
            let message = try type.decode(payload)
            let again = try type.decode(message.payload)
            let same = isSame(message, again)
            #expect(same, "\(type): \(hex(payload))")
            return true
        } catch {
            #expect(!error.description.isEmpty)
            return false
        }
    }

    private func mutated(_ original: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2 where at < bytes.count: bytes.remove(at: at)
            case 3: bytes.removeSubrange(at...)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
            }
        }
        return bytes
    }

    private func randomFields(depth: Int, _ random: inout SplitMix) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let number = UInt8.random(in: 1...15, using: &random)
            if Bool.random(using: &random) {
                bytes += [number << 3, UInt8.random(in: 0...0x7F, using: &random)]
            } else {
                let content =
                    depth > 0 && Bool.random(using: &random)
                    ? randomFields(depth: depth - 1, &random)
                    : Array("text\(random.next() % 100)".utf8)
                // Now and then a length that is off by one.
                let slip = Int.random(in: 0..<20, using: &random) == 0 ? 1 : 0
                bytes += [number << 3 | 2, UInt8(min(content.count + slip, 0x7F))]
                bytes += content.prefix(0x7F)
            }
        }
        return bytes
    }
}
