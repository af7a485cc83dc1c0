import RestateProtocol

/// An invocation as it is stored, open or ended, without its journal.
///
/// What follows from the journal is not in it: timers, results, children, who is waited for.
struct InvocationRecord: FieldCoded {
    var id = InvocationIdentity(partitionKey: 0, high: 0, low: 0)
    var target = TargetName(service: "", key: nil, handler: "")
    var serviceKind = ServiceKind.service
    var handlerKind = HandlerRecord.Kind.service
    var caller = Caller.ingress
    var idempotencyKey: String?
    var createdAt: Timestamp = 0
    var completionRetention: Milliseconds = 0
    var journalRetention: Milliseconds = 0
    /// Set if it is not the one that follows from the id.
    var randomSeed: UInt64?
    var scheduledFor: Timestamp?
    var scheduledAt: Timestamp?
    var inboxedAt: Timestamp?
    var runningAt: Timestamp?
    var pinnedDeployment: String?
    var pinnedVersion: ProtocolVersion?
    var progress: ProgressRecord?
    var ending: EndingRecord?

    init() {}

    func encode(into fields: inout FieldWriter) {
        fields.present(1, id.bytes[...])
        fields.string(2, target.service)
        fields.optional(3, target.key)
        fields.string(4, target.handler)
        fields.uint32(5, serviceKind.code)
        fields.uint32(6, handlerKind.code)
        switch caller {
        case .ingress: break
        case .service(let id, let target):
            fields.present(7, id.bytes[...])
            fields.string(8, target.service)
            fields.optional(9, target.key)
            fields.string(10, target.handler)
        case .restartAsNew(let id): fields.present(11, id.bytes[...])
        }
        fields.optional(12, idempotencyKey)
        fields.uint64(13, createdAt)
        fields.uint64(14, completionRetention)
        fields.uint64(15, journalRetention)
        fields.optional(16, scheduledFor)
        fields.optional(17, scheduledAt)
        fields.optional(18, inboxedAt)
        fields.optional(19, runningAt)
        fields.optional(20, pinnedDeployment)
        if let version = pinnedVersion { fields.uint32(21, UInt32(version.rawValue)) }
        if let progress { fields.message(22, progress) }
        if let ending { fields.message(23, ending) }
        fields.optional(24, randomSeed)
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: id = try fields.invocationID(field)
        case 2: target.service = try fields.string(field)
        case 3: target.key = try fields.string(field)
        case 4: target.handler = try fields.string(field)
        case 5: serviceKind = try ServiceKind(code: try fields.uint32(field))
        case 6: handlerKind = try HandlerRecord.Kind(code: try fields.uint32(field))
        case 7:
            let none = TargetName(service: "", key: nil, handler: "")
            caller = .service(try fields.invocationID(field), none)
        case 8...10:
            guard case .service(let id, var target) = caller else {
                throw .missing("the caller's id")
            }
            let text = try fields.string(field)
            switch field.number {
            case 8: target.service = text
            case 9: target.key = text
            default: target.handler = text
            }
            caller = .service(id, target)
        case 11: caller = .restartAsNew(try fields.invocationID(field))
        case 12: idempotencyKey = try fields.string(field)
        case 13: createdAt = try fields.uint64(field)
        case 14: completionRetention = try fields.uint64(field)
        case 15: journalRetention = try fields.uint64(field)
        case 16: scheduledFor = try fields.uint64(field)
        case 17: scheduledAt = try fields.uint64(field)
        case 18: inboxedAt = try fields.uint64(field)
        case 19: runningAt = try fields.uint64(field)
        case 20: pinnedDeployment = try fields.string(field)
        case 21:
            let number = try fields.uint32(field)
            guard let version = ProtocolVersion(rawValue: Int(number)) else {
                throw .missing("a version of the protocol that is known (it is \(number))")
            }
            pinnedVersion = version
        case 22: progress = try fields.message(field)
        case 23: ending = try fields.message(field)
        case 24: randomSeed = try fields.uint64(field)
        default: try fields.skip(field)
        }
    }

    func validate() throws(WireError) {
        if target.service.isEmpty { throw .missing("the service's name") }
        if (progress == nil) == (ending == nil) {
            throw .missing("the one of progress and ending")
        }
        if (pinnedDeployment == nil) != (pinnedVersion == nil) {
            throw .missing("the pinned deployment or its version")
        }
    }

    var pinned: (deployment: String, version: ProtocolVersion)? {
        guard let deployment = pinnedDeployment, let version = pinnedVersion else { return nil }
        return (deployment, version)
    }
}

extension InvocationRecord {
    init(_ invocation: OpenInvocation) {
        id = invocation.id
        target = invocation.target
        serviceKind = invocation.serviceKind
        handlerKind = invocation.handlerKind
        caller = invocation.caller
        idempotencyKey = invocation.idempotencyKey
        createdAt = invocation.createdAt
        completionRetention = invocation.completionRetention
        journalRetention = invocation.journalRetention
        randomSeed = invocation.givenSeed
        scheduledFor = invocation.scheduledFor
        scheduledAt = invocation.scheduledAt
        inboxedAt = invocation.inboxedAt
        runningAt = invocation.runningAt
        pinnedDeployment = invocation.pinned?.deployment
        pinnedVersion = invocation.pinned?.version
        progress = ProgressRecord(invocation)
    }

    init(_ id: InvocationIdentity, _ finished: FinishedInvocation) {
        self.id = id
        target = finished.target
        serviceKind = finished.serviceKind
        handlerKind = finished.handlerKind
        caller = finished.caller
        idempotencyKey = finished.idempotencyKey
        createdAt = finished.createdAt
        completionRetention = finished.completionRetention
        journalRetention = finished.journalRetention
        randomSeed = finished.randomSeed == id.randomSeed ? nil : finished.randomSeed
        scheduledFor = finished.scheduledFor
        scheduledAt = finished.scheduledAt
        inboxedAt = finished.inboxedAt
        runningAt = finished.runningAt
        pinnedDeployment = finished.pinned?.deployment
        pinnedVersion = finished.pinned?.version
        ending = EndingRecord(finished)
    }
}

extension FieldReader {
    mutating func invocationID(_ field: Field) throws(WireError) -> InvocationIdentity {
        let bytes = try bytes(field)
        guard bytes.count == 24 else { throw .missing("an invocation's id of 24 bytes") }
        return InvocationIdentity(bytes)
    }
}

extension ServiceKind {
    fileprivate var code: UInt32 {
        switch self {
        case .service: 0
        case .virtualObject: 1
        case .workflow: 2
        }
    }

    fileprivate init(code: UInt32) throws(WireError) {
        switch code {
        case 0: self = .service
        case 1: self = .virtualObject
        case 2: self = .workflow
        default: throw .missing("a kind of services that is known (it is \(code))")
        }
    }
}

extension HandlerRecord.Kind {
    fileprivate var code: UInt32 {
        switch self {
        case .service: 0
        case .exclusive: 1
        case .shared: 2
        case .workflow: 3
        }
    }

    fileprivate init(code: UInt32) throws(WireError) {
        switch code {
        case 0: self = .service
        case 1: self = .exclusive
        case 2: self = .shared
        case 3: self = .workflow
        default: throw .missing("a kind of handlers that is known (it is \(code))")
        }
    }
}
