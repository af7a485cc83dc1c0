import RestateProtocol

/// How far an open invocation has come, as it is stored.
struct ProgressRecord: FieldCoded {
    var status = OpenInvocation.Status.ready
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
    var events: [JournalEventRecord] = []

    init() {}

    init(_ invocation: OpenInvocation) {
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
        events = invocation.events.map(JournalEventRecord.init)
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
        fields.messages(14, events)
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: status = try OpenInvocation.Status(code: try fields.uint32(field))
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
        case 14: events.append(try fields.message(field))
        default: try fields.skip(field)
        }
    }

    func validate() throws(WireError) {
        guard inboxSequence < StoredData.numberLimit, retriesSinceEntry < .max,
            max(attemptsStarted, failures) <= UInt32.max
        else { throw .missing("a count that can be") }
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

extension OpenInvocation.Status {
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
