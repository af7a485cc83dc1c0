#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Writes heads, and bodies with the framing that the head announced.
struct HTTP1Writer {
    enum Framing: Equatable {
        case noBody
        /// The value is the number of bytes that are still to come.
        case length(Int)
        case chunked
        case untilClose
    }
    private(set) var framing = Framing.noBody
    /// Whether the body was shorter than announced. Then the connection must be closed, because
    /// nothing else tells the peer.
    private(set) var isBroken = false

    /// Chooses the framing of a body: by its announced length, by its actual length if it is
    /// complete, or else by chunks if the peer knows them.
    static func framing(
        announced: Int?, output: Int, isComplete: Bool, mayChunk: Bool
    ) -> Framing {
        if let announced { return .length(announced) }
        if isComplete { return .length(output) }
        return mayChunk ? .chunked : .untilClose
    }

    /// Writes the fields, those of the framing, and the empty line.
    mutating func writeFields(
        _ fields: HeaderBlockReader, framing: Framing, connection: StaticString?,
        into out: inout ByteBuffer
    ) {
        self.framing = framing
        isBroken = false
        var hasLength = false
        for field in fields where !HTTP2Field.isOfConnection(field.name) {
            if field.name.first == UInt8(ascii: ":") { continue }
            if field.name.equals("content-length") {
                // A message with both would be ambiguous.
                if framing == .chunked { continue }
                hasLength = true
            }
            out.append(field.name)
            out.append(": ")
            out.append(field.value)
            out.append("\r\n")
        }
        switch framing {
        case .chunked: out.append("transfer-encoding: chunked\r\n")
        case .length(let count) where !hasLength:
            out.append("content-length: ")
            out.append(decimal: count)
            out.append("\r\n")
        case .length, .noBody, .untilClose: break
        }
        if let connection {
            out.append("connection: ")
            out.append(connection)
            out.append("\r\n")
        }
        out.append("\r\n")
    }

    /// Writes up to `room` bytes of `output`. Returns true when the body's end was written.
    mutating func writeBody(
        from output: inout StreamBytes, isComplete: Bool, room: Int, into out: inout ByteBuffer
    ) -> Bool {
        var count = min(output.count, room)
        switch framing {
        case .noBody:
            output.clear()
            return isComplete
        case .chunked:
            if count > 0 {
                out.append(hexadecimal: count)
                out.append("\r\n")
                output.move(count, to: &out)
                out.append("\r\n")
            }
            if !isComplete || !output.isEmpty { return false }
            out.append("0\r\n\r\n")
            return true
        case .length(let left):
            count = min(count, left)
            output.move(count, to: &out)
            framing = .length(left - count)
            // Bytes beyond the announced length would be read as the next message.
            if left == count { output.clear() }
            if !isComplete || !output.isEmpty { return false }
            isBroken = left != count
            return true
        case .untilClose:
            output.move(count, to: &out)
            return isComplete && output.isEmpty
        }
    }

    /// Returns the length that the fields announce.
    static func announcedLength(_ fields: HeaderBlockReader) -> Int? {
        guard let value = fields.value(of: ("content-length" as StaticString).bytes) else {
            return nil
        }
        return Int(String(decoding: value, as: UTF8.self)).flatMap { $0 < 0 ? nil : $0 }
    }
}

extension ByteBuffer {
    mutating func append(decimal number: Int) { append(number, radix: 10) }
    mutating func append(hexadecimal number: Int) { append(number, radix: 16) }

    private mutating func append(_ number: Int, radix: Int) {
        withUnsafeTemporaryAllocation(byteCount: 24, alignment: 1) { digits in
            var start = digits.count
            var rest = max(0, number)
            repeat {
                start -= 1
                let digit = UInt8(rest % radix)
                digits[start] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
                rest /= radix
            } while rest > 0
            append(UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }
}
