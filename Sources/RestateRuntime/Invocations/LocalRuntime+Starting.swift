import Primitives
package import RestateProtocol

/// A call or a send from outside.
package struct InvocationRequest: Sendable {
    package var service: String
    package var key: String?
    package var handler: String
    package var headers: [Header] = []
    package var body: Bytes = []
    package var idempotencyKey: String?
    /// For a delayed send.
    package var startAt: Timestamp?

    package init(service: String, key: String? = nil, handler: String) {
        self.service = service
        self.key = key
        self.handler = handler
    }
}

package struct Submission: Sendable {
    package var id: InvocationIdentity
    /// False if the invocation was there already.
    package var isNew: Bool
    /// When it is to begin, if it was sent with a delay.
    package var startAt: Timestamp?
}

/// Why a target cannot be called at all.
package enum TargetError: Error, Equatable, Sendable {
    case unknownService
    case unknownHandler
    case keyMissing
    case keyNotAllowed
    case emptyIdempotencyKey
    case idempotencyKeyOnWorkflow
}

extension LocalRuntime {
    /// Starts an invocation from outside, or joins the one that is there already. A waiter is
    /// answered when it ends.
    package mutating func submit(
        _ request: InvocationRequest, waiter: WaiterID? = nil, at now: Timestamp
    ) throws(TargetError) -> Submission {
        var target = try target(request.service, request.key, request.handler)
        var idempotencyKey = request.idempotencyKey
        if idempotencyKey != nil, target.handlerKind == .workflow {
            throw .idempotencyKeyOnWorkflow
        }
        if idempotencyKey == nil, settings.injectsIdempotencyKeys,
            target.serviceKind != .workflow
        {
            idempotencyKey = ULID.text(at: now, &random)
        }
        target.identify(idempotencyKey, at: now, &random)
        let id = target.id
        if isKnown(id) {
            if let waiter {
                if target.handlerKind == .workflow {
                    emit(.answer(waiter, alreadyInvoked(id, target.target)))
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

    /// Of one that is delayed, until it begins.
    private func plannedStart(of id: InvocationIdentity) -> Timestamp? {
        guard case .scheduled = invocations[id]?.status else { return nil }
        return invocations[id]?.scheduledFor
    }

    private func alreadyInvoked(_ id: InvocationIdentity, _ target: TargetName) -> InvocationOutcome
    {
        InvocationOutcome(id: id, target: target, result: .failure(.alreadyInvoked), expires: nil)
    }

    func isKnown(_ id: InvocationIdentity) -> Bool {
        invocations.contains(id) || results.contains(id)
    }

    /// What would be called, without an id yet.
    func target(
        _ service: String, _ key: String?, _ handler: String
    ) throws(TargetError) -> NewInvocation {
        guard let service = registry.services[service] else { throw .unknownService }
        guard let record = service.handler(handler) else { throw .unknownHandler }
        if service.kind.isKeyed, key == nil { throw .keyMissing }
        if !service.kind.isKeyed, key != nil { throw .keyNotAllowed }
        let (retention, journalRetention) = retentions(service, record)
        return NewInvocation(
            id: InvocationIdentity(partitionKey: 0, high: 0, low: 0),
            target: TargetName(service: service.name, key: key, handler: handler),
            serviceKind: service.kind, handlerKind: record.kind, caller: .ingress,
            completionRetention: retention, journalRetention: journalRetention)
    }

    /// How long the result and the journal are kept, if the invocation has a name to ask by.
    func retentions(
        _ service: ServiceRecord, _ handler: HandlerRecord
    ) -> (completion: Milliseconds, journal: Milliseconds) {
        let journal =
            handler.options.journalRetention ?? service.options.journalRetention
            ?? settings.journalRetention
        let completion =
            handler.kind == .workflow
            ? handler.options.workflowCompletionRetention
                ?? service.options.workflowCompletionRetention ?? settings.workflowRetention
            : handler.options.idempotencyRetention ?? service.options.idempotencyRetention
                ?? settings.completionRetention
        return (completion, min(completion, journal))
    }

    /// Starts what is not there yet: at its time, in its turn.
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
        serialCount += 1
        var invocation = OpenInvocation(new, serial: serialCount, at: now)
        // The runtime wrote the entries itself, or read them before: they are sound.
        for entry in journal { try? invocation.take(over: entry) }
        if let startAt {
            invocation.status = .scheduled
            invocation.scheduledFor = startAt
            invocation.scheduledAt = now
            invocation.deadline = deadlines.add(.start(new.id), at: startAt)
        }
        invocations.insert(invocation)
        headChanged(new.id)
        journalGrew(new.id, from: 0)
        if startAt == nil { admit(new.id, at: now) }
    }

    func entry(_ message: some Message, at now: Timestamp) -> JournalEntry {
        JournalEntry(code: message.code, payload: payload(of: message), appendedAt: now)
    }

    // MARK: the key

    /// Past its delay: an exclusive handler waits for its key, everybody else goes on.
    mutating func admit(_ id: InvocationIdentity, at now: Timestamp) {
        guard let facts = invocations[id]?.facts else { return }
        guard facts.handlerKind == .exclusive, let owner = facts.owner else {
            return launch(id, at: now)
        }
        guard let place = locks.enter(owner, id) else { return launch(id, at: now) }
        invocations[id]?.status = .inboxed
        invocations[id]?.inboxedAt = now
        invocations[id]?.modifiedAt = now
        invocations[id]?.inboxSequence = place
        headChanged(id)
    }

    /// The next one may have the key.
    mutating func unlock(_ owner: StateOwner, heldBy id: InvocationIdentity, at now: Timestamp) {
        guard locks.holder(of: owner) == id else { return }
        passOn(owner, at: now)
    }

    /// To the first that waits for the key, past what has only its state to change.
    mutating func passOn(_ owner: StateOwner, at now: Timestamp) {
        while let next = locks.popFirst(of: owner) {
            switch next {
            case .newState(let edit): replaceState(edit)
            case .invocation(let next):
                // Whoever was cancelled while waiting is not there any more.
                guard case .inboxed = invocations[next]?.status else { continue }
                locks.give(owner, to: next)
                return launch(next, at: now)
            }
        }
        locks.free(owner)
    }

    /// Replaces the whole state of a key, behind what runs on it.
    ///
    /// - Parameter version: of the state that is to be replaced, see `ObjectState.version`; any if
    ///   nil. That it is another one by then is not told.
    package mutating func setState(
        service: String, key: String, _ entries: [(key: Bytes, value: Bytes)],
        replacing version: String? = nil
    ) {
        let edit = StateEdit(
            owner: StateOwner(service: service, key: key), state: ObjectState(entries),
            replaces: version, sequence: 0)
        if !locks.enqueue(edit) { replaceState(edit) }
    }

    private mutating func replaceState(_ edit: StateEdit) {
        let owner = edit.owner
        if let version = edit.replaces, version != (states[owner] ?? ObjectState()).version {
            return
        }
        states.replace(owner, with: edit.state)
    }
}

extension NewInvocation {
    /// The id that follows from its names, or a new one.
    mutating func identify(
        _ idempotencyKey: String?, at now: Timestamp, _ random: inout SplitMix
    ) {
        self.idempotencyKey = idempotencyKey
        // Nobody can ask for the result by a name: it is kept as long as its journal.
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

extension OpenInvocation {
    mutating func append(_ entry: JournalEntry) {
        journal.append(entry)
        if entry.isCommand { commandCount += 1 }
        if entry.type == .runCommand { openRuns += 1 }
        modifiedAt = entry.appendedAt
    }
}

extension Failure {
    static let alreadyInvoked = Failure(
        code: 409, message: "the workflow method was already invoked")
    static let cancelled = Failure(code: 409, message: "canceled")
    static let killed = Failure(code: 409, message: "killed")
    static let notFound = Failure(code: 404, message: "not found")
}
