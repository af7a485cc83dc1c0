import Primitives
import RestateProtocol
import Support
import Testing

@Suite struct FrameDecoderTests {
    private func next(_ hex: String, limit: Int = 16) throws -> Frame? {
        var decoder = FrameDecoder(limit: limit)
        decoder.push(try bytes(hex: hex))
        return try decoder.next()
    }

    @Test func `a header is type and flags and length in big endian`() throws {
        let frame = try next("0005 8000 00000002 0801")
        #expect(frame == Frame(code: 5, flags: 0x8000, payload: [8, 1]))
        #expect(frame?.type == .proposeRunCompletion)
        #expect(frame?.requestsAck == true)
    }

    @Test func `a frame without payload is whole with its header`() throws {
        var decoder = FrameDecoder()
        decoder.push(try bytes(hex: "0003 0000 00000000"))
        #expect(try decoder.next() == Frame(code: 3, payload: []))
        #expect(!decoder.isInsideFrame)
        #expect(try decoder.next() == nil)
    }

    @Test func `reserved flags are kept and mean nothing`() throws {
        let frame = try next("0003 7fff 00000000")
        #expect(frame?.flags == 0x7FFF)
        #expect(frame?.requestsAck == false)
    }

    @Test func `an unlisted type is a frame of its kind`() throws {
        let kinds: [(UInt16, MessageKind)] = [
            (0x0008, .control), (0x03FF, .control), (0x040F, .command), (0x7FFF, .command),
            (0x8000, .notification), (0xFBFE, .notification), (0xFC00, .custom),
            (0xFFFF, .custom),
        ]
        for (code, kind) in kinds {
            let frame = Frame(code: code, payload: [])
            #expect(frame.type == nil)
            #expect(frame.kind == kind)
            var decoder = FrameDecoder()
            decoder.push(frame.bytes)
            #expect(try decoder.next() == frame)
        }
    }

    @Test func `a frame of exactly the limit passes`() throws {
        #expect(try next("0400 0000 00000002 0101", limit: 2)?.payload == [1, 1])
    }

    @Test func `a frame over its limit is refused at its header`() {
        #expect(throws: WireError.frameTooLarge(length: 3, limit: 2)) {
            try next("0400 0000 00000003", limit: 2)
        }
        #expect(throws: WireError.frameTooLarge(length: 4_294_967_295, limit: 64 << 20)) {
            try next("0400 0000 ffffffff", limit: FrameDecoder.defaultLimit)
        }
    }

    @Test func `a frame over its limit is refused when its header came in parts`() throws {
        var decoder = FrameDecoder(limit: 2)
        decoder.push([0x04, 0, 0, 0, 0])
        #expect(try decoder.next() == nil)
        decoder.push([0, 0, 3])
        #expect(throws: WireError.frameTooLarge(length: 3, limit: 2)) { try decoder.next() }
        // And it stays refused: the stream cannot be read any further.
        decoder.push([1, 2, 3])
        #expect(throws: WireError.self) { try decoder.next() }
    }

    @Test func `the frames before one that is too large are still there`() throws {
        var decoder = FrameDecoder(limit: 2)
        decoder.push(try bytes(hex: "0003 0000 00000000  0400 0000 00000003 010101"))
        #expect(try decoder.next()?.type == .end)
        #expect(throws: WireError.frameTooLarge(length: 3, limit: 2)) { try decoder.next() }
    }

    @Test func `empty chunks change nothing`() throws {
        var decoder = FrameDecoder()
        decoder.push([])
        #expect(try decoder.next() == nil)
        #expect(!decoder.isInsideFrame)
        decoder.push([0, 3, 0])
        decoder.push([])
        #expect(try decoder.next() == nil)
        #expect(decoder.isInsideFrame)
        decoder.push([0, 0, 0, 0, 0])
        #expect(try decoder.next()?.type == .end)
    }

    @Test func `chunks may be pushed before anything is pulled`() throws {
        let frames = [
            Frame(code: 0x0400, payload: [1, 2, 3]), Frame(code: 3, payload: []),
            Frame(code: 0x8011, flags: 1, payload: Array(repeating: 7, count: 300)[...]),
        ]
        var decoder = FrameDecoder()
        for byte in frames.flatMap(\.bytes) { decoder.push([byte]) }
        for frame in frames { #expect(try decoder.next() == frame) }
        #expect(try decoder.next() == nil)
    }

    @Test func `any cutting of a stream gives the same frames`() throws {
        var random = SplitMix(seed: 1)
        for _ in 0..<300 {
            let frames = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                let payload = random.bytes(Int.random(in: 0...40, using: &random))
                return Frame(
                    code: UInt16.random(in: 0...0xFFFF, using: &random),
                    flags: UInt16.random(in: 0...0xFFFF, using: &random), payload: payload[...])
            }
            var rest = frames.flatMap(\.bytes)[...]
            var decoder = FrameDecoder()
            var got: [Frame] = []
            while !rest.isEmpty {
                let count = Int.random(in: 0...min(rest.count, 30), using: &random)
                decoder.push(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                if Bool.random(using: &random) { continue }
                while let frame = try decoder.next() { got.append(frame) }
            }
            while let frame = try decoder.next() { got.append(frame) }
            #expect(got == frames)
            #expect(!decoder.isInsideFrame)
        }
    }
}
