import Primitives
import RestateProtocol
import Times

/// The commands Call and OneWayCall: a handler starts another invocation.
extension LocalRuntime {
    /// Starts the callee, or joins an invocation with the same idempotency key, and answers the
    /// command when it ends.
    mutating func call(
        _ id: InvocationIdentity, _ call: CallCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let target = try callee(of: call.request, by: id, at: now)
        let done = try ended(target.head.id)
        store(frame, of: id, at: now)
        let isNew = introduce(target, to: id, call.invocationIDCompletion, at: now)
        if !isNew, target.head.handlerKind == .workflow {
            return notify(
                id, .callCompletion, .completion(call.completionID),
                .failure(.alreadyInvoked), at: now)
        }
        if isNew {
            begin(
                target, headers: call.request.headers, body: call.request.parameter.copied,
                startAt: nil, at: now)
        }
        guard let asker = invocations[id]?.head.asker else { return }
        let listener = InvocationLinks.Listener.command(
            asker, call.completionID, .callCompletion)
        if let done {
            tell(listener, done.outcome(of: target.head.id), at: now)
        } else {
            listen(listener, to: target.head.id)
        }
    }

    /// Starts the callee, at `invokeTime` if that is in the future, and does not wait for it.
    mutating func send(
        _ id: InvocationIdentity, _ call: OneWayCallCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let target = try callee(of: call.request, by: id, at: now)
        store(frame, of: id, at: now)
        guard introduce(target, to: id, call.invocationIDCompletion, at: now) else { return }
        begin(
            target, headers: call.request.headers, body: call.request.parameter.copied,
            startAt: call.invokeTime > now ? min(call.invokeTime, Moment.latest) : nil, at: now)
    }

    /// Answers with the callee's id, and returns whether the callee is still to be started.
    ///
    /// The caller also remembers the callee, because a kill reaches everything that an invocation
    /// started.
    private mutating func introduce(
        _ target: NewInvocation, to id: InvocationIdentity, _ completion: UInt32, at now: Timestamp
    ) -> Bool {
        let child = target.head.id
        let isNew = !isKnown(child)
        invocations.link(id) { $0.children.append(child) }
        notify(
            id, .callInvocationIDCompletion, .completion(completion), .invocationID(child.text),
            at: now)
        return isNew
    }

    /// Finds the handler and chooses the callee's id. Throws before anything is stored, so that a
    /// refused command leaves no trace in the journal.
    private mutating func callee(
        of request: CallRequest, by id: InvocationIdentity, at now: Timestamp
    ) throws(EndpointFailure) -> NewInvocation {
        if request.scope != nil || request.limitKey != nil {
            throw EndpointFailure("RT0024", "scopes and limit keys are not supported")
        }
        let (service, key, handler) = (request.service, request.key, request.handler)
        let isKeyed = registry.services[service]?.kind.isKeyed ?? !key.isEmpty
        var new: NewInvocation
        do throws(TargetError) {
            if request.idempotencyKey == "" { throw .emptyIdempotencyKey }
            new = try target(service, isKeyed || !key.isEmpty ? key : nil, handler)
        } catch {
            throw EndpointFailure(refusing: error, service, handler)
        }
        if let caller = invocations[id]?.head {
            new.head.caller = .service(id, caller.target)
            new.head.trace = caller.trace
        }
        new.head.identify(request.idempotencyKey, at: now, &random)
        return new
    }
}

extension EndpointFailure {
    fileprivate init(refusing error: TargetError, _ service: String, _ handler: String) {
        switch error {
        case .unknownService:
            self.init("RT0018", "service '\(service)' not found: register it")
        case .unknownHandler:
            self.init("RT0018", "service '\(service)' has no handler '\(handler)'")
        case .keyNotAllowed:
            self.init("RT0017", "'\(service)' is a service without keys: call it without a key")
        case .keyMissing:
            self.init("RT0017", "'\(service)' is called with a key, which is missing")
        case .emptyIdempotencyKey:
            self.init("RT0017", "the idempotency key is empty")
        case .idempotencyKeyOnWorkflow:
            self.init("RT0017", "a workflow cannot be called with an idempotency key")
        }
    }
}
