import RestateProtocol

/// The stored form of a journal event.
struct JournalEventRecord: FieldCoded {
    var event = JournalEvent(kind: .transientError, afterEntry: 0, appendedAt: 0, json: "")

    init() {}

    init(_ event: JournalEvent) { self.event = event }

    func encode(into fields: inout FieldWriter) {
        fields.uint32(1, event.kind == .paused ? 2 : 1)
        fields.uint32(2, event.afterEntry)
        fields.uint64(3, event.appendedAt)
        fields.string(4, event.json)
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: event.kind = try fields.uint32(field) == 2 ? .paused : .transientError
        case 2: event.afterEntry = try fields.uint32(field)
        case 3: event.appendedAt = try fields.uint64(field)
        case 4: event.json = try fields.string(field)
        default: try fields.skip(field)
        }
    }
}
