import RestateProtocol

/// How far an open invocation has come, as it is stored.
struct ProgressRecord: FieldCoded {
    var status = Invocation.Status.ready
    var modifiedAt: Timestamp = 0
    var inboxSequence: UInt64 = 0
    var suspendedOn: FutureTree?
    var pauseRequested = false
    var attemptsStarted: UInt64 = 0
    var failures: UInt64 = 0
    var retriesSinceEntry: UInt32 = 0
    var lastStartAt: Timestamp?
    var nextRetryAt: Timestamp?
    var lastDeployment: String?
    var lastServer: String?
    var lastFailure: FailureRecord?

    init() {}

    init(_ invocation: Invocation) {
        status = invocation.status
        modifiedAt = invocation.modifiedAt
        inboxSequence = invocation.inboxSequence
        suspendedOn = invocation.suspendedOn
        pauseRequested = invocation.pauseRequested
        attemptsStarted = UInt64(invocation.attemptsStarted)
        failures = UInt64(invocation.failures)
        retriesSinceEntry = invocation.retriesSinceEntry
        lastStartAt = invocation.lastStartAt
        nextRetryAt = invocation.nextRetryAt
        lastDeployment = invocation.lastDeployment
        lastServer = invocation.lastServer
        lastFailure = invocation.lastFailure.map(FailureRecord.init)
    }

    func encode(into fields: inout FieldWriter) {
        fields.uint32(1, status.code)
        fields.uint64(2, modifiedAt)
        fields.uint64(3, inboxSequence)
        if let suspendedOn { fields.message(4, suspendedOn) }
        fields.bool(5, pauseRequested)
        fields.uint64(6, attemptsStarted)
        fields.uint64(7, failures)
        fields.uint32(8, retriesSinceEntry)
        fields.optional(9, lastStartAt)
        fields.optional(10, nextRetryAt)
        fields.optional(11, lastDeployment)
        fields.optional(12, lastServer)
        if let lastFailure { fields.message(13, lastFailure) }
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: status = try Invocation.Status(code: try fields.uint32(field))
        case 2: modifiedAt = try fields.uint64(field)
        case 3: inboxSequence = try fields.uint64(field)
        case 4: suspendedOn = try fields.message(field)
        case 5: pauseRequested = try fields.bool(field)
        case 6: attemptsStarted = try fields.uint64(field)
        case 7: failures = try fields.uint64(field)
        case 8: retriesSinceEntry = try fields.uint32(field)
        case 9: lastStartAt = try fields.uint64(field)
        case 10: nextRetryAt = try fields.uint64(field)
        case 11: lastDeployment = try fields.string(field)
        case 12: lastServer = try fields.string(field)
        case 13: lastFailure = try fields.message(field)
        default: try fields.skip(field)
        }
    }
}

/// Why the last attempt failed, as far as it is shown.
struct FailureRecord: FieldCoded {
    var code: UInt32 = 0
    var message = ""
    var restateCode = ""
    var stacktrace = ""
    var relatedIndex: UInt32?
    var relatedName: String?
    var relatedType: UInt32?

    init() {}

    init(_ failure: AttemptFailure) {
        code = failure.code
        message = failure.message
        restateCode = failure.restateCode
        stacktrace = failure.stacktrace
        relatedIndex = failure.relatedIndex
        relatedName = failure.relatedName
        relatedType = failure.relatedType.map { UInt32($0.rawValue) }
    }

    var failure: AttemptFailure {
        var failure = AttemptFailure(restateCode, message, code: code)
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

/// How an invocation ended, as it is stored.
struct EndingRecord: FieldCoded {
    var result = ResultRecord()
    var completedAt: Timestamp = 0
    var expires: Timestamp = 0
    var journalSize: UInt64 = 0
    var commandCount: UInt32 = 0

    init() {}

    init(_ finished: FinishedInvocation) {
        result.value = finished.result
        completedAt = finished.completedAt
        expires = finished.expires
        journalSize = UInt64(finished.journalSize)
        commandCount = finished.commandCount
    }

    func encode(into fields: inout FieldWriter) {
        fields.message(1, result)
        fields.uint64(2, completedAt)
        fields.uint64(3, expires)
        fields.uint64(4, journalSize)
        fields.uint32(5, commandCount)
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: result = try fields.message(field)
        case 2: completedAt = try fields.uint64(field)
        case 3: expires = try fields.uint64(field)
        case 4: journalSize = try fields.uint64(field)
        case 5: commandCount = try fields.uint32(field)
        default: try fields.skip(field)
        }
    }
}

/// The result of an invocation or a promise, as it is stored.
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

/// A new state that waits for its key, as it is stored.
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

extension Invocation.Status {
    /// As it is stored. New ones go behind.
    var code: UInt32 {
        switch self {
        case .scheduled: 1
        case .inboxed: 2
        case .ready: 3
        case .running: 4
        case .backingOff: 5
        case .suspended: 6
        case .paused: 7
        }
    }

    init(code: UInt32) throws(WireError) {
        switch code {
        case 1: self = .scheduled
        case 2: self = .inboxed
        case 3: self = .ready
        case 4: self = .running
        case 5: self = .backingOff
        case 6: self = .suspended
        case 7: self = .paused
        default: throw .missing("a status that is known (it is \(code))")
        }
    }
}
