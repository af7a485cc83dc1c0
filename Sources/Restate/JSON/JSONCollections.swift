/// Arrays, dictionaries and optionals are coded element by element without containers.
///
/// Their own `Codable` conformances make a container and a coding key for each element, through
/// calls nothing can inline: several times the cost of the element.
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
        for element in self {
            _ = writer.beginElement(serial)
            try writer.encode(element)
        }
    }
}

extension Array: JSONReadable where Element: Decodable {
    static func read(from document: JSONDocument, at index: Int) throws -> [Element] {
        let count = try document.expect(.array, at: index, for: [Any].self)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        var next = index + 1
        for _ in 0..<count {
            elements.append(try document.decode(Element.self, at: next))
            next = document.end(of: next)
        }
        return elements
    }
}

extension Dictionary: JSONWritable where Key == String, Value: Encodable {
    func write(to writer: JSONWriter) throws {
        let serial = writer.frame.serial
        guard writer.become(.keyed, serial) else { return }
        writer.frame.keysDiffer = true
        for (key, value) in self {
            _ = writer.beginMember(key, serial)
            try writer.encode(value)
        }
    }
}

extension Dictionary: JSONReadable where Key == String, Value: Decodable {
    static func read(from document: JSONDocument, at index: Int) throws -> [String: Value] {
        let count = try document.expect(.object, at: index, for: [String: Any].self)
        var members: [String: Value] = [:]
        members.reserveCapacity(count)
        var next = index + 1
        for _ in 0..<count {
            let key = document.string(at: next)
            let value = try document.decode(Value.self, at: next + 1)
            // The first of two equal keys wins.
            if let later = members.updateValue(value, forKey: key) { members[key] = later }
            next = document.end(of: next + 1)
        }
        return members
    }
}

/// Read by what stands there, not by trying one type after the other.
extension JSONValue: JSONReadable {
    static func read(from document: JSONDocument, at index: Int) throws -> JSONValue {
        switch document.kind(at: index) {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .string: return .string(document.string(at: index))
        case .array: return .array(try [JSONValue].read(from: document, at: index))
        case .object: return .object(try [String: JSONValue].read(from: document, at: index))
        case .number:
            if let value = document.whole(at: index) { return .integer(value) }
            return .number(try document.double(at: index))
        }
    }
}
