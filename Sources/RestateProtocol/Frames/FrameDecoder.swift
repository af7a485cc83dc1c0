/// Splits a stream of bytes, which is pushed in chunks of any size, into frames.
///
/// A frame that lies within one chunk shares its bytes; only a frame that is split across chunks is
/// copied into an array of its own. The limit is checked as soon as the header is complete, so a
/// peer cannot make the decoder collect a payload that is too large.
package struct FrameDecoder: Sendable {
    /// Bounds the payload of a frame in bytes, at twice what a server accepts by default.
    package static let defaultLimit = 64 << 20

    private let limit: Int
    /// The bytes that were pushed last. Those before `position` are consumed.
    private var chunk: [UInt8] = []
    private var position = 0
    /// The beginning of a frame, header included, whose end has not arrived. The chunk continues
    /// it.
    private var partial: [UInt8] = []

    package init(limit: Int = FrameDecoder.defaultLimit) {
        self.limit = limit
    }

    /// Whether a frame has begun and is not complete. At the end of the stream this is an error.
    package var isInsideFrame: Bool { !partial.isEmpty || rest > 0 }

    private var rest: Int { chunk.count - position }

    package mutating func push(_ bytes: [UInt8]) {
        if rest == 0 {
            chunk = bytes
        } else {
            chunk = chunk[position...] + bytes
        }
        position = 0
    }

    /// Returns the next complete frame, or nil if more bytes are needed.
    package mutating func next() throws(WireError) -> Frame? {
        guard partial.isEmpty else { return try finishPartial() }
        guard rest >= FrameHeader.size else {
            setAside(rest)
            return nil
        }
        let header = FrameHeader(chunk, at: position)
        let length = try checkedLength(header)
        guard rest - FrameHeader.size >= length else {
            setAside(rest)
            return nil
        }
        let start = position + FrameHeader.size
        let payload = chunk[start..<(start + length)]
        consume(FrameHeader.size + length)
        return Frame(code: header.code, flags: header.flags, payload: payload)
    }

    private mutating func finishPartial() throws(WireError) -> Frame? {
        if partial.count < FrameHeader.size {
            setAside(min(FrameHeader.size - partial.count, rest))
            guard partial.count == FrameHeader.size else { return nil }
        }
        let header = FrameHeader(partial, at: 0)
        let total = FrameHeader.size + (try checkedLength(header))
        setAside(min(total - partial.count, rest))
        guard partial.count == total else { return nil }
        let payload = partial[FrameHeader.size...]
        partial = []
        return Frame(code: header.code, flags: header.flags, payload: payload)
    }

    private func checkedLength(_ header: FrameHeader) throws(WireError) -> Int {
        let length = Int(header.length)
        guard length <= limit else { throw .frameTooLarge(length: length, limit: limit) }
        return length
    }

    /// Moves the next `count` bytes of the chunk to the unfinished frame.
    private mutating func setAside(_ count: Int) {
        guard count > 0 else { return }
        partial += chunk[position..<(position + count)]
        consume(count)
    }

    private mutating func consume(_ count: Int) {
        position += count
        guard position == chunk.count else { return }
        // The frames share its bytes; without them nobody would need it any more.
        chunk = []
        position = 0
    }
}
