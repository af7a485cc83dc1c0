/// Encodes and decodes canonical JSON: equal values have equal bytes in every process.
///
/// A replay compares payloads byte for byte, so the encoding is fixed. Keys are sorted by their
/// UTF-8 bytes; there are no spaces; slashes are not escaped; a number has the shortest digits that
/// read back as the same number. Foundation's `JSONEncoder` writes the same with `.sortedKeys` and
/// `.withoutEscapingSlashes`. Decoding follows RFC 8259 strictly: it refuses a trailing comma, a
/// byte order mark and UTF-16, which Foundation accepts. It also refuses an object that has a name
/// twice, unless any JSON is expected.
package enum JSON {
    /// The deepest nesting of arrays and objects, for reading and writing. The input's author
    /// decides it, so it needs a limit.
    package static let maximumDepth = 512

    package static func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try encode(value, into: &bytes)
        return bytes
    }

    /// Appends the JSON of `value`. If this throws, `bytes` is unchanged.
    package static func encode<T: Encodable>(_ value: T, into bytes: inout [UInt8]) throws {
        // Scalars bypass the writer, whose set-up would cost more than the scalar.
        if T.self == Bool.self {
            bytes.append(
                contentsOf: unsafeBitCast(value, to: Bool.self) ? "true".utf8 : "false".utf8)
            return
        }
        if T.self == Int.self || T.self == Int64.self {
            let number =
                T.self == Int.self
                ? Int64(unsafeBitCast(value, to: Int.self))
                : unsafeBitCast(value, to: Int64.self)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: JSONDigits.capacity) { digits in
                let count = JSONDigits.write(
                    number.magnitude, negative: number < 0, to: digits.baseAddress!)
                bytes.append(contentsOf: digits[..<count])
            }
            return
        }
        if T.self == String.self {
            var string = unsafeBitCast(value, to: String.self)
            let isPlain = string.withUTF8 { text in
                guard !JSONText.needsEscapes(text) else { return false }
                if bytes.isEmpty { bytes.reserveCapacity(text.count + 2) }
                bytes.append(UInt8(ascii: "\""))
                bytes.append(contentsOf: text)
                bytes.append(UInt8(ascii: "\""))
                return true
            }
            if isPlain { return }
        }
        var writer = JSONWriter.take()
        defer { JSONWriter.finish(&writer) }
        do {
            try writer.encodeRoot(value)
        } catch {
            // Methods of containers that cannot throw note their errors. The noted error is the
            // cause of this one.
            throw writer.misuseError(value) ?? error
        }
        if let misuse = writer.misuseError(value) { throw misuse }
        bytes.append(contentsOf: UnsafeBufferPointer(start: writer.bytes, count: writer.count))
    }

    package static func decode<T: Decodable>(
        _ type: T.Type, from bytes: ArraySlice<UInt8>
    ) throws -> T {
        try bytes.withUnsafeBufferPointer { buffer in
            // Scalars bypass the document, as they bypass the writer.
            if T.self == String.self, let string = JSONText.plainString(buffer) {
                return unsafeBitCast(string, to: T.self)
            }
            if T.self == Int.self, let number = JSONText.plainInteger(buffer) {
                return unsafeBitCast(Int(number), to: T.self)
            }
            if T.self == Int64.self, let number = JSONText.plainInteger(buffer) {
                return unsafeBitCast(number, to: T.self)
            }
            var document = try JSONDocument.parse(buffer)
            defer { JSONDocument.finish(&document) }
            return try document.decode(type, at: 0)
        }
    }

    package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try decode(type, from: bytes[...])
    }
}
