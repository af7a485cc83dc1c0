/// The fields of a head in their order, with names in lower case.
///
/// They are stored as one array of bytes in the form of a header block, so that a constant set of
/// fields is copied into a response at once, and no string is made for a field that nobody reads.
package struct HeaderFields: Sendable, Equatable {
    var storage: [UInt8] = []

    package init() {}

    init(_ fields: HeaderBlockReader) {
        for field in fields where field.name.first != UInt8(ascii: ":") {
            append(name: field.name, value: field.value)
        }
    }

    package var isEmpty: Bool { storage.isEmpty }

    /// Returns the first value of a name, whatever its case.
    package subscript(name: String) -> String? {
        storage.withUnsafeBytes { raw in
            HeaderBlockReader(raw).value(of: name).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Appends a field. Bytes that would end the field or the line early are replaced: a name keeps
    /// only token characters, and a value no control characters. So no value can inject a field.
    ///
    /// - Parameter isUnique: whether no other head has this value. HTTP/2 then does not enter it into the
    ///   connection's table, in which each of its further uses would be looked for among all of them.
    package mutating func append(name: String, value: String, isUnique: Bool = false) {
        var name = name
        var value = value
        name.withUTF8 { name in
            value.withUTF8 { value in
                append(
                    name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value),
                    isUnique: isUnique)
            }
        }
    }

    package mutating func append(name: StaticString, value: StaticString) {
        append(name: name.bytes, value: value.bytes)
    }

    mutating func append(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, isUnique: Bool = false
    ) {
        // Over HTTP/1.1 a line with an empty name would end the message.
        if name.isEmpty { return }
        let overhead = HeaderBlockReader.overhead
        if storage.isEmpty { storage.reserveCapacity(256) }  // Avoids growing in small steps.
        withUnsafeTemporaryAllocation(
            byteCount: overhead + name.count + value.count, alignment: 4
        ) { field in
            let mark = isUnique ? HeaderBlockReader.uniqueMark : 0
            field.storeBytes(of: UInt32(name.count) | mark, as: UInt32.self)
            field.storeBytes(of: UInt32(value.count), toByteOffset: 4, as: UInt32.self)
            Token.lowercased.withUnsafeBufferPointer { lowercased in
                var place = overhead
                for byte in name {
                    field[place] = lowercased[Int(byte)]
                    place += 1
                }
                for byte in value {
                    field[place] = byte < 0x20 && byte != 9 || byte == 0x7f ? 0x20 : byte
                    place += 1
                }
            }
            storage.append(contentsOf: field)
        }
    }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name: name, value: value) }
    }
}

extension HeaderFields: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate let storage: [UInt8]
        fileprivate var offset = 0

        package mutating func next() -> (name: String, value: String)? {
            storage.withUnsafeBytes { raw in
                var reader = HeaderBlockReader(UnsafeRawBufferPointer(rebasing: raw[offset...]))
                guard let field = reader.next() else { return nil }
                offset += HeaderBlockReader.overhead + field.name.count + field.value.count
                return (
                    String(decoding: field.name, as: UTF8.self),
                    String(decoding: field.value, as: UTF8.self)
                )
            }
        }
    }

    package func makeIterator() -> Iterator { Iterator(storage: storage) }
}

/// Reads fields in the form of a header block: for each field two lengths, then two texts.
struct HeaderBlockReader: Sequence, IteratorProtocol {
    struct Field {
        var name: UnsafeRawBufferPointer
        var value: UnsafeRawBufferPointer
        var isUnique: Bool
    }
    static let overhead = 2 * MemoryLayout<UInt32>.size
    /// The bit in the length of a name that says that no other head has the field's value.
    static let uniqueMark: UInt32 = 1 << 31

    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    mutating func next() -> Field? {
        if rest.count < Self.overhead { return nil }
        let head = rest.loadUnaligned(as: UInt32.self)
        let name = Int(head & ~Self.uniqueMark)
        let value = Int(rest.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        let end = Self.overhead + name + value
        if end > rest.count { return nil }
        let field = Field(
            name: UnsafeRawBufferPointer(rebasing: rest[Self.overhead..<Self.overhead + name]),
            value: UnsafeRawBufferPointer(rebasing: rest[Self.overhead + name..<end]),
            isUnique: head & Self.uniqueMark != 0)
        rest = UnsafeRawBufferPointer(rebasing: rest[end...])
        return field
    }

    /// The number of fields, as far as they are whole.
    var count: Int {
        var fields = self
        var count = 0
        while fields.next() != nil { count += 1 }
        return count
    }

    /// Returns the first value of a name. The names in the block are in lower case.
    func value(of name: String) -> UnsafeRawBufferPointer? {
        var name = name
        return name.withUTF8 { value(of: UnsafeRawBufferPointer($0)) }
    }

    func value(of name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var fields = self
        while let field = fields.next() {
            if Token.isEqual(field.name, ignoringCaseOf: name) { return field.value }
        }
        return nil
    }
}
