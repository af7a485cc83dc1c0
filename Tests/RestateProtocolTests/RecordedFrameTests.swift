import Primitives
import RestateProtocol
import Support
import Testing

/// Every frame that was recorded between a real server and an official SDK, both ways.
@Suite struct RecordedFrameTests {
    // That the bytes are those of the recorded fields is held against the tables in
    // `MessageTableTests`, and the tables against the structs.
    @Test(arguments: Fixtures.allStories)
    func `the recorded bytes are the same after our structs`(story: String) throws {
        for golden in try Fixtures.journals(in: story) {
            for (index, recorded) in golden.frames.enumerated() {
                let place: Comment = "\(golden) frame \(index), \(recorded.name)"
                let frame = try #require(try onlyFrame(in: recorded.bytes), place)
                let message = try frame.message()
                #expect(message.code == frame.code, place)
                #expect(message.frameBytes(flags: frame.flags) == recorded.bytes, place)
            }
        }
    }

    /// Of most long frames only the fields were kept, and a digest.
    @Test func `a long frame that is put together again has the recorded digest`() throws {
        // A debug build takes seconds for each of the others, which are made in the same way.
        let long = try Fixtures.journals(in: "tour2").flatMap(\.frames).filter {
            $0.digest != nil && $0.bytes.count < 1_500_000
        }
        // Most were recorded on two protocol versions, and are the same.
        let different = Dictionary(grouping: long) { $0.digest ?? "" }
        #expect(different.count >= 3)
        for (digest, frames) in different {
            let bytes = try #require(frames.first?.bytes)
            #expect(hex(SHA256.digest(bytes)) == digest)
            #expect(frames.allSatisfy { $0.bytes == bytes })
        }
    }

    @Test(arguments: Fixtures.stories)
    func `a whole journal in one chunk gives its frames in order`(story: String) throws {
        for golden in try Fixtures.journals(in: story) {
            for direction in [GoldenFrame.Direction.toEndpoint, .fromEndpoint] {
                let frames = golden.frames.filter { $0.direction == direction }
                var decoder = FrameDecoder()
                decoder.push(frames.flatMap(\.bytes))
                for frame in frames {
                    let next = try decoder.next()
                    #expect(next?.bytes == frame.bytes, "\(golden), \(frame.name)")
                }
                #expect(try decoder.next() == nil)
                #expect(!decoder.isInsideFrame)
            }
        }
    }

    @Test(arguments: Fixtures.stories)
    func `a journal that arrives byte by byte gives its frames in order`(story: String) throws {
        // One journal of each mode and handler is enough: the bytes are many.
        for golden in try Fixtures.journals(in: story) where golden.path.hasSuffix("-01.json") {
            var decoder = FrameDecoder()
            var frames: [[UInt8]] = []
            for byte in golden.frames.flatMap(\.bytes) {
                decoder.push([byte])
                while let frame = try decoder.next() { frames.append(frame.bytes) }
            }
            #expect(frames == golden.frames.map(\.bytes), "\(golden)")
            #expect(!decoder.isInsideFrame)
        }
    }

    /// All frames that differ, so that a frame recorded a hundred times is cut once.
    @Test(arguments: Fixtures.stories)
    func `a frame cut anywhere is nothing until its rest is there`(story: String) throws {
        let frames = Set(try Fixtures.journals(in: story).flatMap(\.frames).map(\.bytes))
        var cuts = 0
        for bytes in frames {
            for cut in 1..<bytes.count {
                var decoder = FrameDecoder()
                decoder.push(Array(bytes[..<cut]))
                let early = try decoder.next()
                decoder.push(Array(bytes[cut...]))
                let whole = try decoder.next()
                cuts += 1
                if early != nil || whole?.bytes != bytes || decoder.isInsideFrame {
                    Issue.record("cut at \(cut): \(hex(bytes))")
                }
            }
        }
        #expect(cuts > 1000)
    }

    /// The header's length is corrected, so the message itself is what ends too soon.
    @Test(arguments: Fixtures.stories)
    func `a message cut anywhere is a message or an error and never a trap`(
        story: String
    ) throws {
        let frames = Set(try Fixtures.journals(in: story).flatMap(\.frames).map(\.bytes))
        var refused = 0
        for bytes in frames {
            let frame = try #require(try onlyFrame(in: bytes))
            let type = try #require(frame.type)
            for count in 0..<frame.payload.count {
                do {
                    let message = try type.decode(frame.payload.prefix(count))
                    #expect(message.code == frame.code)
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 1000)
    }

    @Test func `every message type was recorded or is known to be missing`() throws {
        var unseen = Set(MessageType.allCases)
        for story in Fixtures.allStories {
            for golden in try Fixtures.journals(in: story) {
                for frame in golden.frames {
                    if let type = try onlyFrame(in: frame.bytes)?.type { unseen.remove(type) }
                }
            }
        }
        #expect(unseen == [.commandAck])
    }
}

/// The frame in these bytes, if there is exactly one.
func onlyFrame(in bytes: [UInt8]) throws(WireError) -> Frame? {
    var decoder = FrameDecoder()
    decoder.push(bytes)
    let frame = try decoder.next()
    return decoder.isInsideFrame ? nil : frame
}

/// Whether two messages are of one type and equal.
func isSame<M: Message>(_ left: M, _ right: any Message) -> Bool {
    left == right as? M && left.code == right.code
}
