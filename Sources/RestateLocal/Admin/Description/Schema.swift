internal import CanonicalJSON

/// A JSON Schema, as far as the admin API needs one.
indirect enum Schema: Sendable {
    case text, flag, number, nothing, any
    /// A whole number from a least to a greatest one.
    case integer(Int?, Int?)
    /// One of these words.
    case words([String])
    case moment
    case list(Schema, most: Int?)
    /// An object with whatever names.
    case map(Schema)
    case object([SchemaMember])
    case nullable(Schema)
    case either([Schema])
    /// One of the named schemas.
    case named(SchemaName)

    static let count = integer(0, nil)
    static func list(_ element: Schema) -> Schema { .list(element, most: nil) }
}

struct SchemaMember: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool
    let note: String?

    /// A member that is always present.
    static func has(_ name: String, _ schema: Schema, _ note: String? = nil) -> SchemaMember {
        SchemaMember(name: name, schema: schema, isRequired: true, note: note)
    }

    /// A member that may be absent.
    static func mayHave(_ name: String, _ schema: Schema, _ note: String? = nil) -> SchemaMember {
        SchemaMember(name: name, schema: schema, isRequired: false, note: note)
    }

    /// A member of a request that may be absent or null.
    static func takes(_ name: String, _ schema: Schema, _ note: String? = nil) -> SchemaMember {
        mayHave(name, .nullable(schema), note)
    }
}

extension JSONLine {
    mutating func schema(_ schema: Schema, note: String? = nil) {
        object { line in
            line.member(ifAny: "description", note)
            line.keywords(schema)
        }
    }

    private mutating func keywords(_ schema: Schema) {
        switch schema {
        case .any: break
        case .text: member("type", "string")
        case .flag: member("type", "boolean")
        case .number: member("type", "number")
        case .integer(let least, let greatest):
            member("type", "integer")
            if let least { member("minimum", least) }
            if let greatest { member("maximum", greatest) }
        case .words(let words):
            member("type", "string")
            member("enum") { $0.array(words) { $0.value($1) } }
        case .moment:
            member("type", "string")
            member("format", "date-time")
        case .list(let element, let most):
            member("type", "array")
            member("items") { $0.schema(element) }
            if let most { member("maxItems", most) }
        case .map(let value):
            member("type", "object")
            member("additionalProperties") { $0.schema(value) }
        case .object(let members): keywords(ofObject: members)
        case .nothing: member("type", "null")
        case .nullable(let schema): keywords(.either([schema, .nothing]))
        case .either(let schemas): member("anyOf") { $0.array(schemas) { $0.schema($1) } }
        case .named(let name): member("$ref", name.reference)
        }
    }

    private mutating func keywords(ofObject members: [SchemaMember]) {
        member("type", "object")
        member("properties") { line in
            line.object { line in
                for one in members {
                    line.member(one.name) { $0.schema(one.schema, note: one.note) }
                }
            }
        }
        let required = members.filter(\.isRequired).map(\.name)
        if !required.isEmpty { member("required") { $0.array(required) { $0.value($1) } } }
    }
}
