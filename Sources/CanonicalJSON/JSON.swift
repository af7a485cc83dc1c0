#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Payloads as canonical JSON: the same value gives the same bytes in every process.
///
/// Payloads are compared byte for byte when a journal is replayed, so the output is fixed: keys in
/// the order of their UTF-8 bytes, no spaces, slashes as they are, the shortest digits that read
/// back as the same number. This is what Foundation's `JSONEncoder` writes with `.sortedKeys` and
/// `.withoutEscapingSlashes`. Reading follows RFC 8259 to the letter: a trailing comma, a byte
/// order mark and UTF-16, which Foundation lets pass, are refused. An object with the same
/// name twice is refused too, unless it is read as any JSON.
package enum JSON {
    /// How deep arrays and objects may nest, both ways. Input decides it, so it needs a bound.
    package static let maximumDepth = 512

    package static func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try encode(value, into: &bytes)
        return bytes
    }

    /// Appends the JSON of `value`; `bytes` is unchanged if this throws.
    package static func encode<T: Encodable>(_ value: T, into bytes: inout [UInt8]) throws {
        // Scalars skip the writer's set-up, which would cost more than they do.
        if T.self == Bool.self {
            bytes.append(
                contentsOf: unsafeBitCast(value, to: Bool.self) ? "true".utf8 : "false".utf8)
            return
        }
        if T.self == Int.self {
            let number = unsafeBitCast(value, to: Int.self)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: JSONDigits.capacity) { digits in
                let count = JSONDigits.write(
                    UInt64(number.magnitude), negative: number < 0, to: digits.baseAddress!)
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
            // Containers cannot throw everywhere; what they noted is the cause of what followed.
            throw writer.misuseError(value) ?? error
        }
        if let misuse = writer.misuseError(value) { throw misuse }
        bytes.append(contentsOf: UnsafeBufferPointer(start: writer.bytes, count: writer.count))
    }

    package static func decode<T: Decodable>(
        _ type: T.Type, from bytes: ArraySlice<UInt8>
    ) throws -> T {
        try bytes.withUnsafeBufferPointer { buffer in
            // Scalars skip the document, as they skip the writer.
            if T.self == String.self, let string = JSONText.plainString(buffer) {
                return unsafeBitCast(string, to: T.self)
            }
            if T.self == Int.self, let number = JSONText.plainInteger(buffer) {
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
