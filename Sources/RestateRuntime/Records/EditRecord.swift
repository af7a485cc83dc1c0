import RestateProtocol

/// A waiting state edit in its stored form. Unknown fields are skipped, so that the format can
/// grow.
struct EditRecord: FieldCoded {
    var service = ""
    var key = ""
    var entries: [StateEntry] = []
    var replaces: String?

    init() {}

    init(_ edit: StateEdit) {
        service = edit.owner.service
        key = edit.owner.key
        entries = edit.state.entries.map { StateEntry(key: $0.key, value: $0.value) }
        replaces = edit.replaces
    }

    func encode(into fields: inout FieldWriter) {
        fields.string(1, service)
        fields.string(2, key)
        fields.messages(3, entries)
        if let replaces { fields.present(4, Array(replaces.utf8)[...]) }
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: service = try fields.string(field)
        case 2: key = try fields.string(field)
        case 3: entries.append(try fields.message(field))
        case 4: replaces = try fields.string(field)
        default: try fields.skip(field)
        }
    }
}
