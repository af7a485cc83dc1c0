import RestateProtocol

/// The stored form of how an invocation ended.
struct EndingRecord: FieldCoded {
    var result = ResultRecord()
    var completedAt: Timestamp = 0
    var expires: Timestamp = 0
    var journalSize: UInt64 = 0
    var commandCount: UInt32 = 0
    var events: [JournalEventRecord] = []

    init() {}

    init(_ finished: FinishedInvocation) {
        result.value = finished.result
        completedAt = finished.completedAt
        expires = finished.expires
        journalSize = UInt64(finished.contents.size)
        commandCount = finished.contents.commandCount
        events = finished.contents.events.map(JournalEventRecord.init)
    }

    func encode(into fields: inout FieldWriter) {
        fields.message(1, result)
        fields.uint64(2, completedAt)
        fields.uint64(3, expires)
        fields.uint64(4, journalSize)
        fields.uint32(5, commandCount)
        fields.messages(6, events)
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: result = try fields.message(field)
        case 2: completedAt = try fields.uint64(field)
        case 3: expires = try fields.uint64(field)
        case 4: journalSize = try fields.uint64(field)
        case 5: commandCount = try fields.uint32(field)
        case 6: events.append(try fields.message(field))
        default: try fields.skip(field)
        }
    }
}

/// The stored form of the result of an invocation or a promise.
struct ResultRecord: FieldCoded {
    var value: ValueOrFailure = .value([])

    init() {}

    init(_ value: ValueOrFailure) {
        self.value = value
    }

    func encode(into fields: inout FieldWriter) {
        switch value {
        case .value(let bytes): fields.present(1, bytes)
        case .failure(let failure): fields.message(2, failure)
        }
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: value = .value(try fields.bytes(field))
        case 2: value = .failure(try fields.message(field))
        default: try fields.skip(field)
        }
    }
}
