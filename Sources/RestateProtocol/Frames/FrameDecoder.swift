/// Push chunks of any size, pull whole frames.
///
/// A frame that lies within one chunk shares its bytes; only one that is split is put together
/// in an array of its own. The limit is checked as soon as a header is there, before any of the
/// payload is kept.
package struct FrameDecoder: Sendable {
    /// Payload bytes of one frame: twice what a server accepts by default.
    package static let defaultLimit = 64 << 20

    private let limit: Int
    private var chunk: Bytes = []
    private var partial: [UInt8] = []

    package init(limit: Int = FrameDecoder.defaultLimit) {
        self.limit = limit
    }

    /// True when bytes of an unfinished frame are waiting for the rest.
    package var isInsideFrame: Bool { !partial.isEmpty || !chunk.isEmpty }

    package mutating func push(_ bytes: [UInt8]) {
        if chunk.isEmpty {
            chunk = bytes[...]
        } else {
            chunk += bytes
        }
    }

    /// The next whole frame, or nil when more bytes are needed.
    package mutating func next() throws(WireError) -> Frame? {
        guard partial.isEmpty else { return try finishPartial() }
        guard chunk.count >= FrameHeader.size else {
            setAside(chunk.count)
            return nil
        }
        let header = FrameHeader(chunk)
        let length = try checkedLength(header)
        guard chunk.count - FrameHeader.size >= length else {
            setAside(chunk.count)
            return nil
        }
        let start = chunk.startIndex + FrameHeader.size
        let payload = chunk[start..<(start + length)]
        chunk = chunk[(start + length)...]
        if chunk.isEmpty { chunk = [] }
        return Frame(code: header.code, flags: header.flags, payload: payload)
    }

    private mutating func finishPartial() throws(WireError) -> Frame? {
        if partial.count < FrameHeader.size {
            setAside(min(FrameHeader.size - partial.count, chunk.count))
            guard partial.count == FrameHeader.size else { return nil }
        }
        let header = FrameHeader(partial[...])
        let total = FrameHeader.size + (try checkedLength(header))
        setAside(min(total - partial.count, chunk.count))
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

    /// Moves the first `count` bytes of the chunk to the unfinished frame.
    private mutating func setAside(_ count: Int) {
        guard count > 0 else { return }
        partial += chunk.prefix(count)
        chunk = chunk.dropFirst(count)
        if chunk.isEmpty { chunk = [] }
    }
}
