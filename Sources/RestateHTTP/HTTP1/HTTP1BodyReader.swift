#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Reads the body of one message, which is framed by a length, by chunks, or by the end of the
/// connection.
struct HTTP1BodyReader {
    private enum State {
        case ended
        case length(Int)
        case chunkHead
        case chunk(Int)
        case chunkEnd
        /// The value is the number of bytes that the trailers may still have.
        case trailers(Int)
        case untilClose
    }
    private var state = State.ended
    private static let longestChunkHead = 1024

    static var nothing: HTTP1BodyReader { HTTP1BodyReader() }
    static var untilClose: HTTP1BodyReader { HTTP1BodyReader(state: .untilClose) }
    static var chunked: HTTP1BodyReader { HTTP1BodyReader(state: .chunkHead) }
    static func length(_ count: Int) -> HTTP1BodyReader {
        HTTP1BodyReader(state: count == 0 ? .ended : .length(count))
    }

    private init(state: State = .ended) { self.state = state }

    var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// Reads as many bytes as possible and returns their number. It stops early when the body has
    /// ended, when there is no room, or when a line is incomplete.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, room: Int, trailerLimit: Int, into input: inout StreamBytes
    ) throws(HTTP1Error) -> Int {
        var used = 0
        var room = room
        while used < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
            switch state {
            case .ended: return used
            case .length(let left):
                let count = min(left, rest.count, room)
                if count <= 0 { return used }
                take(rest, count, &input, &used, &room)
                state = left == count ? .ended : .length(left - count)
            case .untilClose:
                let count = min(rest.count, room)
                if count <= 0 { return used }
                take(rest, count, &input, &used, &room)
            case .chunk(let left):
                let count = min(left, rest.count, room)
                if count <= 0 { return used }
                take(rest, count, &input, &used, &room)
                state = left == count ? .chunkEnd : .chunk(left - count)
            case .chunkEnd:
                guard let line = try line(rest, limit: 2) else { return used }
                if !line.isEmpty { throw .malformed }
                used += 2
                state = .chunkHead
            case .chunkHead:
                guard let line = try line(rest, limit: Self.longestChunkHead) else { return used }
                let size = try Self.chunkSize(line)
                used += line.count + 2
                state = size == 0 ? .trailers(trailerLimit) : .chunk(size)
            case .trailers(let left):
                // Trailers are ignored; they are read only to find their end.
                guard let line = try line(rest, limit: left) else { return used }
                if !line.isEmpty { _ = try HTTP1Head.split(line) }
                used += line.count + 2
                state = line.isEmpty ? .ended : .trailers(left - line.count - 2)
            }
        }
        return used
    }

    private func take(
        _ rest: UnsafeRawBufferPointer, _ count: Int, _ input: inout StreamBytes,
        _ used: inout Int, _ room: inout Int
    ) {
        input.append(UnsafeRawBufferPointer(rebasing: rest[..<count]))
        used += count
        room -= count
    }

    /// Returns the line without its end, or nil if it is incomplete.
    private func line(
        _ rest: UnsafeRawBufferPointer, limit: Int
    ) throws(HTTP1Error) -> UnsafeRawBufferPointer? {
        let window = UnsafeRawBufferPointer(rebasing: rest[..<min(rest.count, max(0, limit))])
        guard let end = window.firstIndex(of: 0x0a) else {
            if rest.count >= limit { throw .malformed }
            return nil
        }
        if end == 0 || window[end - 1] != 0x0d { throw .malformed }
        return UnsafeRawBufferPointer(rebasing: window[..<(end - 1)])
    }

    private static func chunkSize(_ line: UnsafeRawBufferPointer) throws(HTTP1Error) -> Int {
        var size = 0
        var digits = 0
        for (index, byte) in line.enumerated() {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            case UInt8(ascii: ";"), 0x20, 9:
                if digits == 0 { throw .malformed }
                // An extension is ignored; blanks may stand before it, and nothing else.
                let rest = HTTP1Head.trimmed(UnsafeRawBufferPointer(rebasing: line[index...]))
                if let first = rest.first, first != UInt8(ascii: ";") { throw .malformed }
                if !rest.allSatisfy(HTTP1Head.isText) { throw .malformed }
                return size
            default: throw .malformed
            }
            digits += 1
            // 15 hexadecimal digits always fit into an Int.
            if digits > 15 { throw .malformed }
            size = size << 4 | Int(digit)
        }
        if digits == 0 { throw .malformed }
        return size
    }
}
