/// A collection or optional that is encoded element by element, without `Codable` containers.
///
/// The `Codable` conformances of these types make a container and a coding key for each element,
/// through calls that cannot be inlined. That costs several times as much as the element.
protocol JSONWritable {
    /// Writes the value as the writer's current one.
    func write(to writer: JSONWriter) throws
}

protocol JSONReadable {
    static func read(from document: JSONDocument, at index: Int) throws -> Self
}

extension Optional: JSONWritable where Wrapped: Encodable {
    func write(to writer: JSONWriter) throws {
        guard let value = self else { return writer.writeNull() }
        try writer.encode(value)
    }
}

extension Optional: JSONReadable where Wrapped: Decodable {
    static func read(from document: JSONDocument, at index: Int) throws -> Wrapped? {
        if document.isNull(at: index) { return nil }
        return try document.decode(Wrapped.self, at: index)
    }
}

extension Array: JSONWritable where Element: Encodable {
    func write(to writer: JSONWriter) throws {
        let serial = writer.frame.serial
        guard writer.become(.unkeyed, serial) else { return }
        let isCase = JSONTypePlan.of(Element.self).isCase
        var cases = JSONWrittenCases()
        for element in self {
            _ = writer.beginElement(serial)
            if isCase { try cases.write(element, to: writer) } else { try writer.encode(element) }
        }
    }
}

extension Array: JSONReadable where Element: Decodable {
    static func read(from document: JSONDocument, at index: Int) throws -> [Element] {
        let count = try document.expect(.array, at: index, for: [Any].self)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        let isCase = JSONTypePlan.of(Element.self).isCase
        var cases = JSONReadCases()
        var next = index + 1
        for _ in 0..<count {
            elements.append(
                isCase
                    ? try cases.read(Element.self, from: document, at: next)
                    : try document.decode(Element.self, at: next))
            next = document.end(of: next)
        }
        return elements
    }
}

/// The order of a set differs between processes, so its elements are sorted by their bytes: equal
/// sets must have equal JSON.
extension Set: JSONWritable where Element: Encodable {
    func write(to writer: JSONWriter) throws {
        let serial = writer.frame.serial
        guard writer.become(.unkeyed, serial) else { return }
        var starts: [Int] = []
        starts.reserveCapacity(count)
        for element in self {
            _ = writer.beginElement(serial)
            starts.append(writer.count)
            try writer.encode(element)
        }
        writer.sortElements(starts)
    }
}

extension Dictionary: JSONWritable where Key: Encodable, Value: Encodable {
    func write(to writer: JSONWriter) throws {
        if Key.self == String.self {
            return try writeMembers(unsafeBitCast(self, to: [String: Value].self), to: writer)
        }
        let serial = writer.frame.serial
        if Key.self is any CodingKeyRepresentable.Type {
            // Such keys become the names of members, which the writer sorts.
            return try encode(to: JSONValueEncoder(writer: writer, serial: serial))
        }
        // Other keys make an array in which keys and values alternate.
        guard writer.become(.unkeyed, serial) else { return }
        var starts: [Int] = []
        starts.reserveCapacity(count)
        for (key, value) in self {
            _ = writer.beginElement(serial)
            starts.append(writer.count)
            try writer.encode(key)
            _ = writer.beginElement(serial)
            try writer.encode(value)
        }
        writer.sortElements(starts)
    }
}

private func writeMembers<Value: Encodable>(
    _ members: [String: Value], to writer: JSONWriter
) throws {
    let serial = writer.frame.serial
    guard writer.become(.keyed, serial) else { return }
    writer.frame.keysDiffer = true
    let isCase = JSONTypePlan.of(Value.self).isCase
    var cases = JSONWrittenCases()
    // Keys and values have the same order. One by one they come twice as fast as pairs, whose layout
    // a generic function has to look up.
    var values = members.values.makeIterator()
    for key in members.keys {
        guard let value = values.next() else { break }
        _ = writer.beginMember(key, serial)
        if isCase { try cases.write(value, to: writer) } else { try writer.encode(value) }
    }
}

extension Dictionary: JSONReadable where Key: Decodable, Value: Decodable {
    static func read(from document: JSONDocument, at index: Int) throws -> [Key: Value] {
        if Key.self == String.self {
            let members: [String: Value] = try JSONReadMembers.read(from: document, at: index)
            return unsafeBitCast(members, to: [Key: Value].self)
        }
        let members = try Self(from: JSONValueDecoder(document: document, index: index))
        guard members.count == document.pairs(at: index) else {
            throw document.corrupted("two keys are the same \(Key.self)", at: index)
        }
        return members
    }
}

/// Decodes by the kind of the node, instead of trying one type after the other, and encodes without
/// containers.
extension JSONValue: JSONReadable, JSONWritable {
    static func read(from document: JSONDocument, at index: Int) throws -> JSONValue {
        switch document.kind(at: index) {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .string: return .string(document.string(at: index))
        case .array: return .array(try [JSONValue].read(from: document, at: index))
        case .object: return .object(try members(of: document, at: index))
        case .number: return try document.anyNumber(at: index)
        }
    }

    /// Of equal names the last one counts, as in JavaScript. Code that accepts any JSON should see
    /// what other readers see.
    private static func members(
        of document: JSONDocument, at index: Int
    ) throws -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        var next = index + 1
        while next < document.end(of: index) {
            members[document.string(at: next)] = try read(from: document, at: next + 1)
            next = document.end(of: next + 1)
        }
        return members
    }

    func write(to writer: JSONWriter) throws {
        switch self {
        case .array(let elements): return try elements.write(to: writer)
        case .object(let members): return try members.write(to: writer)
        case .null, .bool, .integer, .number, .digits, .string: break
        }
        guard writer.become(.single, writer.frame.serial) else { return }
        switch self {
        case .null: writer.writeNull()
        case .bool(let value): writer.write(value)
        case .integer(let value): writer.write(integer: value)
        case .number(let value): try writer.write(number: value)
        case .digits(let value): writer.write(ascii: value)
        case .string(let value): writer.write(value)
        case .array, .object: break
        }
    }
}
