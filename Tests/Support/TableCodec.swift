package import RestateProtocol

/// Encodes and decodes messages by the tables of `Protocol/messages.md`, as JSON with the fields'
/// names on the wire. Bytes are `{"utf8": …}` or `{"hex": …}`, as in the recordings.
package struct TableCodec: Sendable {
    package let tables: MessageTables

    package init(_ tables: MessageTables) { self.tables = tables }

    // MARK: Writing

    /// Writes the fields that are present in ascending order, defaults too.
    package func encode(_ json: FixtureJSON, as message: String) throws -> [UInt8] {
        guard var members = json.object else { throw FixtureError("\(message) is no object") }
        var bytes: [UInt8] = []
        for row in tables.fields(of: message).sorted(by: { $0.number < $1.number }) {
            guard let value = members.removeValue(forKey: row.name) else { continue }
            try append(value, row, to: &bytes)
        }
        guard members.isEmpty else {
            throw FixtureError("\(message) has no fields \(members.keys.sorted())")
        }
        return bytes
    }

    private func append(
        _ value: FixtureJSON, _ row: MessageTables.FieldRow, to bytes: inout [UInt8]
    ) throws {
        let values = row.isList ? value.array ?? [] : [value]
        if row.isList, row.type == "u32" {
            if values.isEmpty { return }
            let packed = try values.flatMap { varint(try number($0, row)) }
            bytes += varint(UInt64(row.number) << 3 | 2) + varint(UInt64(packed.count)) + packed
            return
        }
        for value in values {
            if ["u32", "u64", "bool", "enum"].contains(row.type) {
                bytes += varint(UInt64(row.number) << 3) + varint(try number(value, row))
                continue
            }
            let content: [UInt8] =
                switch row.type {
                case "string": try Array(required(value.string, row).utf8)
                case "bytes": try Self.bytes(value)
                default: try encode(value, as: row.type)
                }
            bytes += varint(UInt64(row.number) << 3 | 2) + varint(UInt64(content.count)) + content
        }
    }

    private func number(_ value: FixtureJSON, _ row: MessageTables.FieldRow) throws -> UInt64 {
        if let flag = value.bool { return flag ? 1 : 0 }
        return try required(value.integer.flatMap(UInt64.init(exactly:)), row)
    }

    private func required<T>(_ value: T?, _ row: MessageTables.FieldRow) throws -> T {
        guard let value else { throw FixtureError("\(row.message).\(row.name) does not fit") }
        return value
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(value & 0x7F) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }

    package static func bytes(_ json: FixtureJSON) throws -> [UInt8] {
        if let text = json["utf8"]?.string { return Array(text.utf8) }
        guard let text = json["hex"]?.string else { throw FixtureError("\(json) is not bytes") }
        return try Support.bytes(hex: text)
    }

    /// Bytes with a control character are in hexadecimal digits, as in the recordings.
    package static func json(_ bytes: some Sequence<UInt8>) -> FixtureJSON {
        let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
        if isPlain, let text = String(validating: Array(bytes), as: UTF8.self) {
            return .object(["utf8": .string(text)])
        }
        return .object(["hex": .string(hex(bytes))])
    }

    // MARK: Reading

    package func decode(_ frame: Frame) throws -> FixtureJSON {
        guard let row = tables.message(code: frame.code) else {
            throw FixtureError("There is no message 0x\(String(frame.code, radix: 16))")
        }
        return try decode(frame.payload, as: row.name)
    }

    package func decode(_ payload: Bytes, as message: String) throws -> FixtureJSON {
        var members: [String: FixtureJSON] = [:]
        var rest = payload
        let rows = tables.fields(of: message)
        while !rest.isEmpty {
            let tag = try takeVarint(&rest)
            guard let row = rows.first(where: { $0.number == Int(tag >> 3) }) else {
                throw FixtureError("\(message) has no field \(tag >> 3)")
            }
            switch tag & 7 {
            case 0:
                let number = try takeVarint(&rest)
                add(row.type == "bool" ? .bool(number != 0) : .integer(Int128(number)), row)
            case 2:
                let count = try takeVarint(&rest)
                guard count <= rest.count else { throw FixtureError("\(message) is cut off") }
                let content = rest.prefix(Int(count))
                rest = rest.dropFirst(Int(count))
                try addDelimited(content, row)
            default: throw FixtureError("\(message).\(row.name) has wire type \(tag & 7)")
            }
        }
        return .object(members)

        func addDelimited(_ content: Bytes, _ row: MessageTables.FieldRow) throws {
            switch row.type {
            case "string":
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw FixtureError("\(message).\(row.name) is not UTF-8")
                }
                add(.string(text), row)
            case "bytes": add(Self.json(content), row)
            case "u32":
                var packed = content
                while !packed.isEmpty { add(.integer(Int128(try takeVarint(&packed))), row) }
            case "u64", "bool", "enum":
                throw FixtureError("\(message).\(row.name) is not a number")
            default: add(try decode(content, as: row.type), row)
            }
        }

        func add(_ value: FixtureJSON, _ row: MessageTables.FieldRow) {
            members[row.name] =
                row.isList ? .array((members[row.name]?.array ?? []) + [value]) : value
        }
    }

    private func takeVarint(_ bytes: inout Bytes) throws -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = bytes.popFirst() else { throw FixtureError("A number is cut off") }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
        }
        throw FixtureError("A number is too long")
    }
}

extension GoldenFrame {
    /// Returns the name that the recordings use for a message of the tables.
    package static func name(of message: String) -> String {
        let name = message.replacing("InvocationID", with: "InvocationId")
        for ending in ["Command", "Message"] where name.hasSuffix(ending) {
            return String(name.dropLast(ending.count))
        }
        return name
    }
}
