import RestateProtocol

/// The stored form of how far an open invocation has come.
struct ProgressRecord: FieldCoded {
    /// A phase without its data. The numbers are stored: new cases are added at the end.
    enum Status: UInt32 {
        case scheduled = 1
        case inboxed, ready, running, backingOff, suspended, paused
    }

    var status = Status.ready
    var modifiedAt: Timestamp = 0
    var inboxSequence: UInt64 = 0
    var suspendedOn: FutureTree?
    var pauseRequested = false
    var attempts = AttemptHistory()
    var events: [JournalEventRecord] = []

    init() {}

    init(_ progress: InvocationProgress) {
        switch progress.phase {
        case .scheduled: status = .scheduled
        case .inboxed(let sequence):
            status = .inboxed
            inboxSequence = sequence
        case .ready: status = .ready
        case .running(_, let isPauseRequested):
            status = .running
            pauseRequested = isPauseRequested
        case .backingOff: status = .backingOff
        case .suspended(let tree):
            status = .suspended
            suspendedOn = tree
        case .paused: status = .paused
        }
        modifiedAt = progress.modifiedAt
        attempts = progress.attempts
        events = progress.events.map(JournalEventRecord.init)
    }

    func encode(into fields: inout FieldWriter) {
        fields.uint32(1, status.rawValue)
        fields.uint64(2, modifiedAt)
        fields.uint64(3, inboxSequence)
        if let suspendedOn { fields.message(4, suspendedOn) }
        fields.bool(5, pauseRequested)
        fields.uint64(6, UInt64(attempts.started))
        fields.uint64(7, UInt64(attempts.failures))
        fields.uint32(8, attempts.retriesSinceEntry)
        fields.optional(9, attempts.lastStartAt)
        fields.optional(10, attempts.nextRetryAt)
        fields.optional(11, attempts.lastDeployment)
        fields.optional(12, attempts.lastServer)
        if let failure = attempts.lastFailure { fields.message(13, FailureRecord(failure)) }
        fields.messages(14, events)
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1:
            let code = try fields.uint32(field)
            guard let known = Status(rawValue: code) else {
                throw .invalid("the status \(code) is unknown")
            }
            status = known
        case 2: modifiedAt = try fields.uint64(field)
        case 3: inboxSequence = try fields.uint64(field)
        case 4: suspendedOn = try fields.message(field)
        case 5: pauseRequested = try fields.bool(field)
        case 6: attempts.started = Int(clamping: try fields.uint64(field))
        case 7: attempts.failures = Int(clamping: try fields.uint64(field))
        case 8: attempts.retriesSinceEntry = try fields.uint32(field)
        case 9: attempts.lastStartAt = try fields.uint64(field)
        case 10: attempts.nextRetryAt = try fields.uint64(field)
        case 11: attempts.lastDeployment = try fields.string(field)
        case 12: attempts.lastServer = try fields.string(field)
        case 13:
            let record: FailureRecord = try fields.message(field)
            attempts.lastFailure = record.failure
        case 14: events.append(try fields.message(field))
        default: try fields.skip(field)
        }
    }

    /// Refuses counters that could overflow when counting goes on.
    func validate() throws(WireError) {
        guard inboxSequence < StoredData.numberLimit, attempts.retriesSinceEntry < .max,
            max(attempts.started, attempts.failures) <= UInt32.max
        else { throw .invalid("a counter is out of range") }
    }
}

/// The stored form of the last failure: what tables and logs show, and not what the retry needed.
struct FailureRecord: FieldCoded {
    var code: UInt32 = 0
    var message = ""
    var restateCode = ""
    var stacktrace = ""
    var relatedIndex: UInt32?
    var relatedName: String?
    var relatedType: UInt32?

    init() {}

    init(_ failure: EndpointFailure) {
        code = failure.code
        message = failure.message
        restateCode = failure.restateCode
        stacktrace = failure.stacktrace
        relatedIndex = failure.relatedIndex
        relatedName = failure.relatedName
        relatedType = failure.relatedType.map { UInt32($0.rawValue) }
    }

    var failure: EndpointFailure {
        var failure = EndpointFailure(restateCode, message, code: code)
        failure.stacktrace = stacktrace
        failure.relatedIndex = relatedIndex
        failure.relatedName = relatedName
        failure.relatedType = relatedType.flatMap { number in
            UInt16(exactly: number).flatMap { MessageType(rawValue: $0) }
        }
        return failure
    }

    func encode(into fields: inout FieldWriter) {
        fields.uint32(1, code)
        fields.string(2, message)
        fields.string(3, restateCode)
        fields.string(4, stacktrace)
        fields.optional(5, relatedIndex)
        fields.optional(6, relatedName)
        fields.optional(7, relatedType)
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: code = try fields.uint32(field)
        case 2: message = try fields.string(field)
        case 3: restateCode = try fields.string(field)
        case 4: stacktrace = try fields.string(field)
        case 5: relatedIndex = try fields.uint32(field)
        case 6: relatedName = try fields.string(field)
        case 7: relatedType = try fields.uint32(field)
        default: try fields.skip(field)
        }
    }
}
