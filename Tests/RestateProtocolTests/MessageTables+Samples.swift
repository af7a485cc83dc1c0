import RestateProtocol
import Support

/// Messages made up from the tables alone.
extension MessageTables {
    /// What the struct needs besides the field under test: notifications want an id and a result.
    func complete(
        _ type: MessageType, _ fields: [String: FixtureJSON], beside row: MessageTables.FieldRow?
    ) throws -> FixtureJSON {
        var fields = fields
        if type.kind == .notification {
            if row?.presence != .choice("id") { fields["completion_id"] = .integer(1) }
            if row?.presence != .choice("result") { fields["void"] = .object([:]) }
        }
        return .object(fields)
    }

    /// A value that no other field of the message has, three levels deep.
    func sample(_ row: MessageTables.FieldRow, depth: Int = 3, seed: Int = 0) -> FixtureJSON {
        let mark = seed * 31 + row.number
        func one(_ index: Int) -> FixtureJSON {
            switch row.type {
            case "u32": return .integer(Int128(1000 + mark + index * 500))
            case "u64": return .integer(Int128(UInt64.max - UInt64(mark)))
            case "bool": return .bool(true)
            // Both enumerations know 1 and 2.
            case "enum": return .integer(2)
            case "string": return .string("\(row.name) ä \(mark) \(index)")
            case "bytes": return TableCodec.json([0xFF, 0, UInt8(mark % 256), UInt8(index)])
            default:
                var object: [String: FixtureJSON] = [:]
                for inner in fields(of: row.type) where depth > 0 || inner.type != row.type {
                    object[inner.name] = sample(inner, depth: depth - 1, seed: mark + index)
                }
                return .object(object)
            }
        }
        return row.isList ? .array([one(0), one(1)]) : one(0)
    }

    func empty(_ row: MessageTables.FieldRow) -> FixtureJSON {
        switch row.type {
        case "u32", "u64", "enum": .integer(0)
        case "bool": .bool(false)
        case "string": .string("")
        case "bytes": .object(["utf8": .string("")])
        default: .object([:])
        }
    }
}

extension MessageType {
    /// The name in the tables: the case's, but with a capital letter, and the struct's for control
    /// messages.
    var tableName: String {
        let name = "\(self)"
        return name.prefix(1).uppercased() + name.dropFirst() + (kind == .control ? "Message" : "")
    }
}
