extension FixtureJSON {
    /// Parses exactly one JSON text. It is strict, so that tests do not compare guesses.
    package init(parsing bytes: [UInt8]) throws {
        var parser = FixtureJSONParser(bytes: bytes)
        self = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.isAtEnd else { throw parser.error("something after the value") }
    }

    package init(parsing text: String) throws {
        try self.init(parsing: Array(text.utf8))
    }
}

private struct FixtureJSONParser {
    let bytes: [UInt8]
    private var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    func error(_ what: String) -> FixtureError { FixtureError("not JSON at byte \(at): \(what)") }

    mutating func skipSpace() {
        while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    mutating func value(depth: Int) throws -> FixtureJSON {
        guard depth < 200 else { throw error("nested too deep") }
        skipSpace()
        guard at < bytes.count else { throw error("the end") }
        switch bytes[at] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: FixtureJSON) throws -> FixtureJSON {
        guard bytes[at...].starts(with: word.utf8) else { throw error("an unknown word") }
        at += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws -> FixtureJSON {
        var members: [String: FixtureJSON] = [:]
        at += 1
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            let name = try string()
            guard take(":") else { throw error("no colon") }
            members[name] = try value(depth: depth + 1)
        } while take(",")
        guard take("}") else { throw error("an object without an end") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws -> FixtureJSON {
        var elements: [FixtureJSON] = []
        at += 1
        if take("]") { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw error("an array without an end") }
        return .array(elements)
    }

    private mutating func number() throws -> FixtureJSON {
        let start = at
        while at < bytes.count, "+-.eE0123456789".utf8.contains(bytes[at]) { at += 1 }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard digits.first?.isNumber == true, digits.last?.isNumber == true,
            digits.first != "0" || digits.dropFirst().first?.isNumber != true
        else { throw error("not a number") }
        if let number = Int128(text) { return .integer(number) }
        guard let number = Double(text) else { throw error("not a number") }
        return .double(number)
    }

    private mutating func string() throws -> String {
        guard take("\"") else { throw error("no text") }
        var units: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: units, as: UTF8.self) else {
                    throw error("a text that is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): units += try escape().utf8
            case 0..<0x20: throw error("a control character in a text")
            default:
                let start = at - 1
                while at < bytes.count, Self.isPlain(bytes[at]) { at += 1 }
                units += bytes[start..<at]
            }
        }
        throw error("a text without an end")
    }

    /// Returns whether a byte needs no escape in a string.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func escape() throws -> String {
        guard at < bytes.count else { throw error("the end") }
        at += 1
        switch bytes[at - 1] {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): return try unicode()
        case let byte where "\"\\/".utf8.contains(byte): return String(UnicodeScalar(byte))
        default: throw error("an unknown escape")
        }
    }

    private mutating func unicode() throws -> String {
        var units = [try hexUnit()]
        if UTF16.isLeadSurrogate(units[0]), bytes[at...].starts(with: "\\u".utf8) {
            at += 2
            units.append(try hexUnit())
        }
        return String(decoding: units, as: UTF16.self)
    }

    private mutating func hexUnit() throws -> UInt16 {
        guard bytes.count - at >= 4,
            let unit = UInt16(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16)
        else { throw error("half an escape") }
        at += 4
        return unit
    }
}
