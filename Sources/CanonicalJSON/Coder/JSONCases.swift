/// Enums of strings, like `enum Status: String, Codable`.
///
/// Their conformance makes a container for each value, which costs several times as much as the text.
/// A collection of them has few different ones, so one that was coded before in the same collection is
/// copied. Types with a `Codable` conformance of their own take part, as such a conformance maps a case
/// to its text and back, whatever it does.
enum JSONCases {
    /// Values of one byte are cases without anything in them.
    static func include<T>(_ type: T.Type) -> Bool {
        guard MemoryLayout<T>.size == 1, _isPOD(type), let raw = type as? any RawRepresentable.Type
        else { return false }
        return isString(raw)
    }

    private static func isString<R: RawRepresentable>(_ type: R.Type) -> Bool {
        R.RawValue.self == String.self
    }
}

/// The texts of the cases that an array or a dictionary has written so far.
struct JSONWrittenCases {
    private var cases = InlineArray<4, Case>(repeating: Case())
    private var known = 0

    private struct Case {
        var value: UInt8 = 0
        var start = 0
        var length = 0
    }

    /// Writes an element of a type whose plan says `isCase`.
    @inline(__always)
    mutating func write<T: Encodable>(_ value: T, to writer: JSONWriter) throws {
        let byte = unsafeBitCast(value, to: UInt8.self)
        for index in 0..<known where cases[index].value == byte {
            let length = cases[index].length
            writer.reserve(length)
            writer.end.update(from: writer.bytes + cases[index].start, count: length)
            return writer.advance(by: length)
        }
        let start = writer.count
        try writer.encode(value)
        guard known < 4 else { return }
        cases[known] = Case(value: byte, start: start, length: writer.count - start)
        known += 1
    }
}

/// The cases that an array or a dictionary has read so far.
struct JSONReadCases {
    private var cases = InlineArray<4, Case>(repeating: Case())
    private var known = 0

    private struct Case {
        /// The node of the text that gave the value.
        var node = 0
        var value: UInt8 = 0
    }

    /// Reads an element of a type whose plan says `isCase`.
    @inline(__always)
    mutating func read<T: Decodable>(
        _ type: T.Type, from document: JSONDocument, at index: Int
    ) throws -> T {
        guard document.kind(at: index) == .string else {
            return try document.decode(type, at: index)
        }
        for place in 0..<known where document.haveSameText(cases[place].node, index) {
            return unsafeBitCast(cases[place].value, to: type)
        }
        let value = try document.decode(type, at: index)
        if known < 4 {
            cases[known] = Case(node: index, value: unsafeBitCast(value, to: UInt8.self))
            known += 1
        }
        return value
    }
}
