import Primitives
package import RestateProtocol

/// A call or a send from outside, as the ingress received it.
package struct InvocationRequest: Sendable {
    package var service: String
    package var key: String?
    package var handler: String
    package var headers: [Header] = []
    package var body: Bytes = []
    package var idempotencyKey: String?
    /// When a delayed send is to begin.
    package var startAt: Timestamp?

    package init(service: String, key: String? = nil, handler: String) {
        self.service = service
        self.key = key
        self.handler = handler
    }
}

/// The answer to a request from outside: which invocation will answer it.
package struct Submission: Sendable {
    package var id: InvocationIdentity
    /// False if the request joined an invocation that existed already.
    package var isNew: Bool
    /// When the invocation is to begin, if it was sent with a delay.
    package var startAt: Timestamp?
}

/// Why a target cannot be called.
package enum TargetError: Error, Equatable, Sendable {
    case unknownService
    case unknownHandler
    case keyMissing
    case keyNotAllowed
    case emptyIdempotencyKey
    case idempotencyKeyOnWorkflow
}

/// How invocations begin: the target is looked up, the id chosen, and the invocation started at its
/// time and in its turn.
extension LocalRuntime {
    /// Starts an invocation for a caller outside, or joins the one that has the same id. The waiter
    /// is answered when the invocation ends.
    ///
    /// A second submission of a workflow's run does not join the first one, but is answered with
    /// 409.
    package mutating func submit(
        _ request: InvocationRequest, waiter: WaiterID? = nil, at now: Timestamp
    ) throws(TargetError) -> Submission {
        var target = try target(request.service, request.key, request.handler)
        target.head.trace = InvocationTrace(request.headers)
        var idempotencyKey = request.idempotencyKey
        if idempotencyKey != nil, target.head.handlerKind == .workflow {
            throw .idempotencyKeyOnWorkflow
        }
        if idempotencyKey == nil, settings.injectsIdempotencyKeys,
            target.head.serviceKind != .workflow
        {
            idempotencyKey = ULID.text(at: now, &random)
        }
        target.head.identify(idempotencyKey, at: now, &random)
        let id = target.head.id
        if isKnown(id) {
            if let waiter {
                if target.head.handlerKind == .workflow {
                    emit(.answer(waiter, alreadyInvoked(id, target.head.target)))
                } else {
                    _ = attach(id, waiter: waiter, at: now)
                }
            }
            return Submission(id: id, isNew: false, startAt: plannedStart(of: id))
        }
        let startAt = request.startAt.flatMap { $0 > now ? $0 : nil }
        begin(target, headers: request.headers, body: request.body, startAt: startAt, at: now)
        if let waiter { _ = attach(id, waiter: waiter, at: now) }
        return Submission(id: id, isNew: true, startAt: request.startAt)
    }

    /// Returns when a delayed invocation will begin; nil if it has begun.
    private func plannedStart(of id: InvocationIdentity) -> Timestamp? {
        guard case .scheduled = invocations[id]?.phase else { return nil }
        return invocations[id]?.progress.milestones.scheduledFor
    }

    private func alreadyInvoked(_ id: InvocationIdentity, _ target: TargetName) -> InvocationOutcome
    {
        InvocationOutcome(id: id, target: target, result: .failure(.alreadyInvoked), expires: nil)
    }

    func isKnown(_ id: InvocationIdentity) -> Bool {
        invocations.contains(id) || results.contains(id)
    }

    /// Looks the handler up and checks the key. The result has no id yet, because `identify`
    /// chooses it.
    func target(
        _ service: String, _ key: String?, _ handler: String
    ) throws(TargetError) -> NewInvocation {
        guard let service = registry.route(service: service) else { throw .unknownService }
        guard let route = service.handler(handler) else { throw .unknownHandler }
        let kind = service.record.kind
        if kind.isKeyed, key == nil { throw .keyMissing }
        if !kind.isKeyed, key != nil { throw .keyNotAllowed }
        let (retention, journalRetention) = retentions(route)
        return NewInvocation(
            head: InvocationHead(
                id: InvocationIdentity(partitionKey: 0, high: 0, low: 0),
                target: TargetName(service: service.record.name, key: key, handler: handler),
                serviceKind: kind, handlerKind: route.record.kind,
                completionRetention: retention, journalRetention: journalRetention))
    }

    /// Returns how long the result and the journal are kept. A journal is never kept longer than
    /// the result to which it belongs.
    func retentions(
        _ handler: HandlerRoute
    ) -> (completion: Milliseconds, journal: Milliseconds) {
        let usual =
            handler.record.kind == .workflow
            ? settings.workflowRetention : settings.completionRetention
        let completion = handler.completionRetention ?? usual
        return (completion, min(completion, handler.journalRetention ?? settings.journalRetention))
    }

    /// Starts a new invocation: at `startAt` if that is set, and when its key is free.
    mutating func begin(
        _ new: NewInvocation, headers: [Header], body: Bytes, startAt: Timestamp?,
        at now: Timestamp
    ) {
        var input = InputCommand()
        input.headers = headers
        input.value = body
        begin(
            new, journal: [entry(input, at: now)], startAt: startAt, at: now)
    }

    mutating func begin(
        _ new: NewInvocation, journal: [JournalEntry], startAt: Timestamp?, at now: Timestamp
    ) {
        var head = new.head
        head.createdAt = now
        head.seed = head.seed ?? head.id.randomSeed
        var progress = InvocationProgress(modifiedAt: now)
        progress.milestones.pinned = new.pinned
        if let startAt {
            progress.phase = .scheduled(start: deadlines.add(.start(head.id), at: startAt))
            progress.milestones.scheduledFor = startAt
            progress.milestones.scheduledAt = now
        }
        invocations.insert(head, progress, journal)
        if startAt == nil { admit(head.id, at: now) }
    }

    func entry(_ message: some Message, at now: Timestamp) -> JournalEntry {
        JournalEntry(code: message.code, payload: message.payload, appendedAt: now)
    }
}

extension InvocationHead {
    /// Chooses the id: derived from the names if there are some to ask by, else a new one.
    mutating func identify(
        _ idempotencyKey: String?, at now: Timestamp, _ random: inout SplitMix
    ) {
        self.idempotencyKey = idempotencyKey
        // Without a key nobody can ask for the result later, so it is kept only as long as the
        // journal.
        if idempotencyKey == nil, handlerKind != .workflow {
            completionRetention = journalRetention
        }
        id =
            if handlerKind == .workflow {
                .workflow(target.service, key: target.key ?? "")
            } else if let idempotencyKey {
                .idempotent(
                    service: target.service, key: target.key, handler: target.handler,
                    idempotencyKey: idempotencyKey)
            } else {
                .fresh(service: target.service, key: target.key, at: now, &random)
            }
    }
}

extension Failure {
    static let alreadyInvoked = Failure(
        code: 409, message: "the workflow method was already invoked")
    static let cancelled = Failure(code: 409, message: "canceled")
    static let killed = Failure(code: 409, message: "killed")
    static let notFound = Failure(code: 404, message: "not found")
}
