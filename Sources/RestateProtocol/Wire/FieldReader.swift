import Primitives

/// The tag before a field's value: the field's number and its wire type.
package struct Field {
    package let number: Int
    let wireType: WireType
    /// The position of the tag in the payload, for error messages.
    let offset: Int
}

/// The encodings of a field's value. Groups (3 and 4) are deprecated in protobuf and count as
/// malformed.
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
}

/// Reads the fields of one message. Reads are bounds-checked, and every error has an offset.
///
/// The cursor is a raw pointer, because a bounds-checked one costs half as much again. It moves
/// only in `varint`, `delimited`, `value` and `advance`, which check the bounds first.
package struct FieldReader {
    /// Bounds how deep messages may be nested, at what a server accepts for the tree of futures.
    package static let depthLimit = 1000

    private var cursor: UnsafePointer<UInt8>
    private var end: UnsafePointer<UInt8>
    /// The start of the whole payload, from which offsets count even in a nested message.
    private let base: UnsafePointer<UInt8>
    /// The payload as a slice, from which `bytes` takes slices without copying. It is borrowed
    /// while the message is read, so copying a reader retains nothing.
    private let source: UnsafePointer<Bytes>
    private let depth: Int

    /// `base` must be the address of the first byte of `source`. Both must stay valid as long as
    /// the reader is used.
    init(base: UnsafePointer<UInt8>, source: UnsafePointer<Bytes>) {
        self.init(
            cursor: base, end: base + source.pointee.count, base: base, source: source, depth: 0)
    }

    private init(
        cursor: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, base: UnsafePointer<UInt8>,
        source: UnsafePointer<Bytes>, depth: Int
    ) {
        self.cursor = cursor
        self.end = end
        self.base = base
        self.source = source
        self.depth = depth
    }

    private var offset: Int { cursor - base }

    /// Returns the next field's tag, or nil at the end of the message.
    @inline(__always)
    package mutating func next() throws(WireError) -> Field? {
        guard cursor != end else { return nil }
        let start = offset
        let tag = try varint()
        guard tag >> 3 != 0, tag >> 3 < 1 << 29, let type = WireType(rawValue: UInt8(tag & 7))
        else { throw .invalidTag(at: start) }
        return Field(number: Int(tag >> 3), wireType: type, offset: start)
    }

    // MARK: Values

    package mutating func uint64(_ field: Field) throws(WireError) -> UInt64 {
        try expect(.varint, field)
        return try varint()
    }

    /// Keeps the lower half of a number that is too large, as every protobuf reader does.
    package mutating func uint32(_ field: Field) throws(WireError) -> UInt32 {
        UInt32(truncatingIfNeeded: try uint64(field))
    }

    package mutating func bool(_ field: Field) throws(WireError) -> Bool {
        try uint64(field) != 0
    }

    package mutating func string(_ field: Field) throws(WireError) -> String {
        let bytes = try delimited(field)
        guard isUTF8(bytes) else {
            throw .invalidUTF8(field: field.number, at: field.offset)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a string, checks that it is UTF-8, and leaves it as bytes.
    mutating func text(_ field: Field) throws(WireError) -> Bytes {
        let text = try bytes(field)
        guard isUTF8(text) else { throw .invalidUTF8(field: field.number, at: field.offset) }
        return text
    }

    package mutating func bytes(_ field: Field) throws(WireError) -> Bytes {
        let bytes = try delimited(field)
        let start = source.pointee.startIndex + offset - bytes.count
        return source.pointee[start..<(start + bytes.count)]
    }

    /// Appends one number, or a packed list of numbers: protobuf allows either.
    package mutating func append(
        _ field: Field, to numbers: inout [UInt32]
    ) throws(WireError) {
        guard field.wireType == .delimited else {
            numbers.append(try uint32(field))
            return
        }
        var list = try nested(field)
        while list.cursor != list.end {
            numbers.append(UInt32(truncatingIfNeeded: try list.varint()))
        }
    }

    package mutating func message<M: FieldCoded>(
        _ field: Field, as type: M.Type = M.self
    ) throws(WireError) -> M {
        var reader = try nested(field)
        return try M(reading: &reader)
    }

    /// Reads the content of a `Value`, which is a message of one field.
    package mutating func value(_ field: Field) throws(WireError) -> Bytes {
        // The nested message is read by this reader with a nearer end, which is cheaper than a
        // second reader.
        let rest = end
        defer { end = rest }
        let content = try delimited(field)
        cursor -= content.count
        end = cursor + content.count
        guard depth < Self.depthLimit else {
            throw .tooDeep(limit: Self.depthLimit, at: field.offset)
        }
        var value: Bytes = []
        while let inner = try next() {
            switch inner.number {
            case 1: value = try bytes(inner)
            default: try skip(inner)
            }
        }
        return value
    }

    package mutating func skip(_ field: Field) throws(WireError) {
        switch field.wireType {
        case .varint: _ = try varint()
        case .fixed64: try advance(8)
        case .fixed32: try advance(4)
        case .delimited: _ = try delimited(field)
        }
    }

    // MARK: The cursor

    @inline(__always)
    private mutating func varint() throws(WireError) -> UInt64 {
        guard cursor != end else { throw .truncated(at: offset) }
        let byte = cursor.pointee
        guard byte < 0x80 else { return try longVarint() }
        cursor += 1
        return UInt64(byte)
    }

    /// Stays out of line, so that the common case of one byte can be inlined everywhere.
    @inline(never)
    private mutating func longVarint() throws(WireError) -> UInt64 {
        let start = offset
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while cursor != end {
            let byte = cursor.pointee
            cursor += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
            if shift > 63 { throw .varintTooLong(at: start) }
        }
        throw .truncated(at: start)
    }

    @inline(__always)
    private mutating func delimited(
        _ field: Field
    ) throws(WireError) -> UnsafeBufferPointer<UInt8> {
        try expect(.delimited, field)
        let count = try varint()
        guard count <= UInt64(end - cursor) else { throw .truncated(at: field.offset) }
        defer { cursor += Int(count) }
        return UnsafeBufferPointer(start: cursor, count: Int(count))
    }

    /// Makes a reader for a nested message and moves this one behind it.
    private mutating func nested(_ field: Field) throws(WireError) -> FieldReader {
        guard depth < Self.depthLimit else {
            throw .tooDeep(limit: Self.depthLimit, at: field.offset)
        }
        let bytes = try delimited(field)
        return FieldReader(
            cursor: cursor - bytes.count, end: cursor, base: base, source: source,
            depth: depth + 1)
    }

    private mutating func advance(_ count: Int) throws(WireError) {
        guard end - cursor >= count else { throw .truncated(at: offset) }
        cursor += count
    }

    private func expect(_ type: WireType, _ field: Field) throws(WireError) {
        guard field.wireType == type else {
            throw .wrongWireType(field: field.number, at: field.offset)
        }
    }
}
