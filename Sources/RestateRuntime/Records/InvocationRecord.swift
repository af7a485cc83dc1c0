import Primitives
import RestateProtocol

/// The stored form of an invocation, open or ended, without its journal.
///
/// What follows from the journal is not stored here: timers, results, children and listeners.
/// Derived anew, they cannot disagree with it.
struct InvocationRecord: FieldCoded {
    var head = InvocationHead(
        id: InvocationIdentity(partitionKey: 0, high: 0, low: 0),
        target: TargetName(service: "", key: nil, handler: ""), serviceKind: .service,
        handlerKind: .service)
    var milestones = InvocationMilestones()
    var progress: ProgressRecord?
    var ending: EndingRecord?
    private var pinnedDeployment: String?
    private var pinnedVersion: ProtocolVersion?

    init() {}

    func encode(into fields: inout FieldWriter) {
        fields.present(1, head.id.bytes[...])
        fields.string(2, head.target.service)
        fields.optional(3, head.target.key)
        fields.string(4, head.target.handler)
        fields.uint32(5, head.serviceKind.code)
        fields.uint32(6, head.handlerKind.code)
        switch head.caller {
        case .ingress: break
        case .service(let id, let target):
            fields.present(7, id.bytes[...])
            fields.string(8, target.service)
            fields.optional(9, target.key)
            fields.string(10, target.handler)
        case .restartAsNew(let id): fields.present(11, id.bytes[...])
        }
        fields.optional(12, head.idempotencyKey)
        fields.uint64(13, head.createdAt)
        fields.uint64(14, head.completionRetention)
        fields.uint64(15, head.journalRetention)
        fields.optional(16, milestones.scheduledFor)
        fields.optional(17, milestones.scheduledAt)
        fields.optional(18, milestones.inboxedAt)
        fields.optional(19, milestones.runningAt)
        fields.optional(20, milestones.pinned?.deployment)
        if let version = milestones.pinned?.version {
            fields.uint32(21, UInt32(version.rawValue))
        }
        if let progress { fields.message(22, progress) }
        if let ending { fields.message(23, ending) }
        fields.optional(24, head.seed)
        if let trace = head.trace {
            fields.string(25, trace.parent.text)
            fields.string(26, trace.state)
        }
    }

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 1: head.id = try fields.invocationID(field)
        case 2: head.target.service = try fields.string(field)
        case 3: head.target.key = try fields.string(field)
        case 4: head.target.handler = try fields.string(field)
        case 5: head.serviceKind = try ServiceKind(code: try fields.uint32(field))
        case 6: head.handlerKind = try HandlerRecord.Kind(code: try fields.uint32(field))
        case 7:
            let none = TargetName(service: "", key: nil, handler: "")
            head.caller = .service(try fields.invocationID(field), none)
        case 8...10:
            guard case .service(let id, var target) = head.caller else {
                throw .missing("the caller's id")
            }
            let text = try fields.string(field)
            switch field.number {
            case 8: target.service = text
            case 9: target.key = text
            default: target.handler = text
            }
            head.caller = .service(id, target)
        case 11: head.caller = .restartAsNew(try fields.invocationID(field))
        case 12: head.idempotencyKey = try fields.string(field)
        case 13: head.createdAt = try fields.uint64(field)
        case 14: head.completionRetention = try fields.uint64(field)
        case 15: head.journalRetention = try fields.uint64(field)
        case 16: milestones.scheduledFor = try fields.uint64(field)
        case 17: milestones.scheduledAt = try fields.uint64(field)
        case 18: milestones.inboxedAt = try fields.uint64(field)
        case 19: milestones.runningAt = try fields.uint64(field)
        case 20:
            pinnedDeployment = try fields.string(field)
            settlePin()
        case 21:
            let number = try fields.uint32(field)
            guard let version = ProtocolVersion(rawValue: Int(number)) else {
                throw .invalid("the protocol version \(number) is unknown")
            }
            pinnedVersion = version
            settlePin()
        case 22: progress = try fields.message(field)
        case 23: ending = try fields.message(field)
        case 24: head.seed = try fields.uint64(field)
        case 25:
            guard let parent = TraceParent(try fields.string(field)) else {
                throw .invalid("the trace's place is malformed")
            }
            head.trace = InvocationTrace(parent)
        case 26: head.trace?.state = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    /// Sets the pinned deployment when both of its fields were read, in whichever order they come.
    private mutating func settlePin() {
        guard let pinnedDeployment, let pinnedVersion else { return }
        milestones.pinned = PinnedDeployment(
            deployment: pinnedDeployment, version: pinnedVersion)
    }

    /// Refuses combinations of fields that this program never writes.
    func validate() throws(WireError) {
        if head.target.service.isEmpty { throw .missing("the service's name") }
        if (progress == nil) == (ending == nil) {
            throw .invalid("exactly one of progress and ending must be set")
        }
        if (pinnedDeployment == nil) != (pinnedVersion == nil) {
            throw .invalid("the pinned deployment and its version must both be set, or neither")
        }
    }
}

extension InvocationRecord {
    init(_ invocation: OpenInvocation) {
        head = invocation.head.value
        milestones = invocation.progress.milestones
        progress = ProgressRecord(invocation.progress)
    }

    init(_ finished: FinishedInvocation) {
        head = finished.head.value
        milestones = finished.milestones
        ending = EndingRecord(finished)
    }
}

extension FieldReader {
    mutating func invocationID(_ field: Field) throws(WireError) -> InvocationIdentity {
        let bytes = try bytes(field)
        guard bytes.count == 24 else {
            throw .invalid("an invocation's id has \(bytes.count) bytes instead of 24")
        }
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
        default: throw .invalid("the service kind \(code) is unknown")
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
        default: throw .invalid("the handler kind \(code) is unknown")
        }
    }
}
