import Primitives
import Testing

@testable import RestateHTTP

/// The bytes of a stream are the same and in the same order, however they are written and taken.
struct StreamBytesTests {
    @Test func `what is written is taken once and in order`() {
        for seed in 0..<UInt64(300) {
            var random = SplitMix(seed: seed)
            var stream = StreamBytes()
            var out = ByteBuffer()
            var (written, taken): ([UInt8], [UInt8]) = ([], [])
            for _ in 0..<60 {
                let size = Int.random(
                    in: 0...1 << Int.random(in: 0...12, using: &random), using: &random)
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: written.count + $0) }
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    bytes.withUnsafeBytes { stream.append($0) }
                    written += bytes
                case 1, 2:
                    stream.append(moving: bytes)
                    written += bytes
                case 3:
                    let count = min(size, stream.count)
                    taken += stream.withReadable { $0[..<count] }
                    stream.consume(count)
                case 4:
                    let count = min(size, stream.count)
                    stream.move(count, to: &out)
                    taken += out.readable
                    out.clear()
                default: taken += stream.takeAll()
                }
                let (count, isEmpty) = (stream.count, stream.isEmpty)
                #expect(count == written.count - taken.count)
                #expect(isEmpty == (count == 0))
            }
            taken += stream.takeAll()
            let isEmpty = stream.isEmpty
            #expect(taken == written)
            #expect(isEmpty)
        }
    }

    @Test func `more than there is cannot be consumed`() {
        var stream = StreamBytes()
        stream.consume(1)
        stream.append(moving: [1, 2, 3])
        stream.consume(5)
        stream.append(moving: [4])
        let taken = stream.takeAll()
        #expect(taken == [4])
    }

    @Test func `an array that was written stays its owner's`() {
        let page: [UInt8] = Array(repeating: 7, count: 5000)
        var stream = StreamBytes()
        stream.append(moving: page)
        stream.consume(10)
        stream.append(moving: [8])
        #expect(page == Array(repeating: 7, count: 5000))
        let taken = stream.takeAll()
        #expect(taken == page.dropFirst(10) + [8])
    }

    @Test func `an array that is taken has little room to spare`() {
        var stream = StreamBytes()
        for _ in 0..<5000 { stream.append(moving: [1, 2, 3]) }
        let taken = stream.takeAll()
        #expect(taken.count == 15_000)
        #expect(taken.capacity < 20_000)
    }
}
