#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Why an HTTP/1.1 message cannot be read. The raw value is the status with which a server answers.
enum HTTP1Error: Int, Error {
    case malformed = 400
    case tooSlow = 408
    case targetTooLong = 414
    case tooLarge = 431
    case unknownCoding = 501
}

/// Parses the head of a message: a start line, fields, and an empty line. It is strict on purpose,
/// because requests can be smuggled between two parsers that disagree about where a message ends.
enum HTTP1Head {
    /// Returns the size of the head at the beginning of `bytes`, including its empty line, or nil
    /// if it is incomplete.
    /// - Parameter scanned: the number of bytes that were examined before; it is updated, so that a
    ///   head that comes in pieces is scanned once.
    static func size(
        in bytes: UnsafeRawBufferPointer, scanned: inout Int
    ) throws(HTTP1Error) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        while scanned < bytes.count {
            guard let found = memchr(base + scanned, 0x0a, bytes.count - scanned) else { break }
            let index = UnsafeRawPointer(found) - base
            // A bare line feed is not accepted as the end of a line.
            if index == 0 || bytes[index - 1] != 0x0d { throw .malformed }
            scanned = index + 1
            if index >= 3, bytes[index - 2] == 0x0a { return index + 1 }
        }
        scanned = bytes.count
        return nil
    }

    /// Parses a complete head: the start line first, then each field.
    static func read(
        _ head: UnsafeRawBufferPointer,
        start: (UnsafeRawBufferPointer) throws(HTTP1Error) -> Void,
        field: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(HTTP1Error) -> Void
    ) throws(HTTP1Error) {
        var rest = head
        try start(nextLine(&rest))
        while true {
            let line = nextLine(&rest)
            if line.isEmpty { return }
            let (name, value) = try split(line)
            try field(name, value)
        }
    }

    /// Splits a line into name and value. Continuation lines are refused here, because their name
    /// would begin with white space.
    static func split(
        _ line: UnsafeRawBufferPointer
    ) throws(HTTP1Error) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            throw .malformed
        }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        let value = trimmed(UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]))
        if !name.allSatisfy(Token.isToken) || !value.allSatisfy(isText) { throw .malformed }
        return (name, value)
    }

    /// Returns the next line without its end. A complete head ends each line.
    private static func nextLine(_ rest: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let end = rest.firstIndex(of: 0x0a) ?? rest.count
        let line = UnsafeRawBufferPointer(rebasing: rest[..<max(0, end - 1)])
        rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
        return line
    }

    static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var text = text[...]
        while let first = text.first, first == 0x20 || first == 9 { text.removeFirst() }
        while let last = text.last, last == 0x20 || last == 9 { text.removeLast() }
        return UnsafeRawBufferPointer(rebasing: text)
    }

    static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == 9 }

    /// Returns false for HTTP/1.0, and throws for any other version.
    static func isVersion1_1(_ text: UnsafeRawBufferPointer) throws(HTTP1Error) -> Bool {
        if text.equals("HTTP/1.1") { return true }
        if text.equals("HTTP/1.0") { return false }
        throw .malformed
    }
}

/// What the fields of a head determine about the body and the connection.
struct HTTP1Framing {
    private(set) var length: Int?
    private(set) var isChunked = false
    private(set) var saysClose = false
    private(set) var saysKeepAlive = false

    mutating func note(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(HTTP1Error) {
        switch name.count {
        case 10 where Token.isEqual(("connection" as StaticString).bytes, ignoringCaseOf: name):
            for part in value.split(separator: UInt8(ascii: ",")) {
                let option = HTTP1Head.trimmed(UnsafeRawBufferPointer(rebasing: part))
                if Self.isSame("close", option) { saysClose = true }
                if Self.isSame("keep-alive", option) { saysKeepAlive = true }
            }
        case 14 where Self.isSame("content-length", name):
            let parsed = try Self.number(value)
            if let length, length != parsed { throw .malformed }
            length = parsed
        case 17 where Self.isSame("transfer-encoding", name):
            // A second `chunked` would have to be decoded twice, and no honest peer sends it.
            if isChunked { throw .malformed }
            if !Self.isSame("chunked", value) { throw .unknownCoding }
            isChunked = true
        default: break
        }
        if isChunked, length != nil { throw .malformed }
    }

    static func isSame(_ lower: StaticString, _ text: UnsafeRawBufferPointer) -> Bool {
        Token.isEqual(lower.bytes, ignoringCaseOf: text)
    }

    private static func number(_ text: UnsafeRawBufferPointer) throws(HTTP1Error) -> Int {
        // 18 digits always fit into an Int.
        if text.isEmpty || text.count > 18 { throw .malformed }
        var number = 0
        for byte in text {
            guard byte >= 0x30, byte <= 0x39 else { throw .malformed }
            number = number * 10 + Int(byte & 0xf)
        }
        return number
    }
}
