import Primitives
package import RestateProtocol
import Times

/// Calls, sends, attaching to and looking at results.
extension LocalRuntime {
    mutating func call(
        _ id: InvocationIdentity, _ call: CallCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let target = try callee(
            id, call.service, call.key, call.handler, call.idempotencyKey, call.scope,
            call.limitKey, at: now)
        store(frame, of: id, at: now)
        let isNew = introduce(target, to: id, call.invocationIDCompletion, at: now)
        if !isNew, target.handlerKind == .workflow {
            return notify(
                id, .callCompletion, .completion(call.completionID),
                .failure(.alreadyInvoked), at: now)
        }
        if isNew {
            begin(
                target, headers: call.headers, body: call.parameter.copied, startAt: nil, at: now)
        }
        guard let asker = invocations[id]?.asker else { return }
        listen(
            .command(asker, call.completionID, .callCompletion), to: target.id, at: now)
    }

    mutating func send(
        _ id: InvocationIdentity, _ call: OneWayCallCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let target = try callee(
            id, call.service, call.key, call.handler, call.idempotencyKey, call.scope,
            call.limitKey, at: now)
        store(frame, of: id, at: now)
        guard introduce(target, to: id, call.invocationIDCompletion, at: now) else { return }
        begin(
            target, headers: call.headers, body: call.parameter.copied,
            startAt: call.invokeTime > now ? min(call.invokeTime, Moment.latest) : nil, at: now)
    }

    /// Tells the caller the id, and says whether the callee is still to be started.
    private mutating func introduce(
        _ target: NewInvocation, to id: InvocationIdentity, _ completion: UInt32, at now: Timestamp
    ) -> Bool {
        let isNew = !isKnown(target.id)
        invocations[id]?.children.append(target.id)
        notify(
            id, .callInvocationIDCompletion, .completion(completion),
            .invocationID(target.id.text), at: now)
        return isNew
    }

    private mutating func callee(
        _ id: InvocationIdentity, _ service: String, _ key: String, _ handler: String,
        _ idempotencyKey: String?, _ scope: String?, _ limitKey: String?, at now: Timestamp
    ) throws(EndpointFailure) -> NewInvocation {
        if scope != nil || limitKey != nil {
            throw EndpointFailure("RT0024", "scopes and limit keys are not switched on")
        }
        let isKeyed = registry.services[service]?.kind.isKeyed ?? !key.isEmpty
        var new: NewInvocation
        do throws(TargetError) {
            if idempotencyKey == "" { throw .emptyIdempotencyKey }
            new = try target(service, isKeyed || !key.isEmpty ? key : nil, handler)
        } catch {
            throw EndpointFailure(refusing: error, service, handler)
        }
        if let caller = invocations[id]?.target { new.caller = .service(id, caller) }
        new.identify(idempotencyKey, at: now, &random)
        return new
    }

    // MARK: results

    /// Adds somebody who gets the result, now or later. False if there is no such invocation.
    @discardableResult
    mutating func listen(
        _ listener: OpenInvocation.Listener, to id: InvocationIdentity, at now: Timestamp
    ) -> Bool {
        if invocations.contains(id) {
            invocations[id]?.listeners.append(listener)
            return true
        }
        guard let done = results[id] else { return false }
        tell(
            listener,
            InvocationOutcome(
                id: id, target: done.target, result: done.result, expires: done.expires),
            at: now)
        return true
    }

    mutating func tell(
        _ listener: OpenInvocation.Listener, _ outcome: InvocationOutcome, at now: Timestamp
    ) {
        switch listener {
        case .waiter(let waiter):
            waiters.remove(waiter)
            emit(.answer(waiter, outcome))
        case .command(let asker, let completion, let type):
            guard invocations[asker.id]?.serial == asker.serial else { return }
            notify(
                asker.id, type, .completion(completion), outcome.result.notification, at: now)
        }
    }

    mutating func attach(
        _ id: InvocationIdentity, _ command: AttachInvocationCommand, _ frame: Frame,
        at now: Timestamp
    ) throws(EndpointFailure) {
        let target = try self.id(of: command.target)
        store(frame, of: id, at: now)
        guard let asker = invocations[id]?.asker else { return }
        let listener = OpenInvocation.Listener.command(
            asker, command.completionID, .attachInvocationCompletion)
        if !listen(listener, to: target, at: now) {
            notify(
                id, .attachInvocationCompletion, .completion(command.completionID),
                .failure(.notFound), at: now)
        }
    }

    mutating func getOutput(
        _ id: InvocationIdentity, _ command: GetInvocationOutputCommand, _ frame: Frame,
        at now: Timestamp
    ) throws(EndpointFailure) {
        let target = try self.id(of: command.target)
        store(frame, of: id, at: now)
        let result: NotificationResult =
            if let done = results[target] {
                done.result.notification
            } else if invocations.contains(target) {
                .void
            } else {
                .failure(.notFound)
            }
        notify(
            id, .getInvocationOutputCompletion, .completion(command.completionID), result,
            at: now)
    }

    private func id(of target: InvocationTarget?) throws(EndpointFailure) -> InvocationIdentity {
        guard let target, let id = self.id(of: target) else {
            throw EndpointFailure("RT0017", "not the id of an invocation")
        }
        return id
    }

    /// All names of an invocation reduce to its id. Nil if a text is none, or a scope is given.
    package func id(of target: InvocationTarget) -> InvocationIdentity? {
        switch target {
        case .id(let text): InvocationIdentity(text)
        case .workflow(let target):
            target.scope == nil ? .workflow(target.workflow, key: target.key) : nil
        case .idempotent(let target):
            target.scope == nil
                ? .idempotent(
                    service: target.service, key: target.key, handler: target.handler,
                    idempotencyKey: target.idempotencyKey) : nil
        }
    }

    // MARK: waiters

    /// What is known of an invocation's result.
    package enum Lookup: Sendable {
        case unknown
        case running
        case completed(InvocationOutcome)
    }

    package func lookup(_ id: InvocationIdentity) -> Lookup {
        if let done = results[id] {
            return .completed(
                InvocationOutcome(
                    id: id, target: done.target, result: done.result, expires: done.expires))
        }
        return !invocations.contains(id) ? .unknown : .running
    }

    /// The waiter is answered when the invocation ends, or at once. False if there is none.
    package mutating func attach(
        _ id: InvocationIdentity, waiter: WaiterID, at now: Timestamp
    ) -> Bool {
        if invocations.contains(id) { waiters.insert(waiter, for: id) }
        return listen(.waiter(waiter), to: id, at: now)
    }

    /// Nobody waits any more. The invocation goes on.
    package mutating func detach(_ waiter: WaiterID) {
        guard let id = waiters.remove(waiter) else { return }
        invocations[id]?.listeners.removeAll { $0 == .waiter(waiter) }
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
            self.init("RT0017", "a key is given, but '\(service)' has none")
        case .keyMissing:
            self.init("RT0017", "'\(service)' needs a key")
        case .emptyIdempotencyKey:
            self.init("RT0017", "the idempotency key is empty")
        case .idempotencyKeyOnWorkflow:
            self.init("RT0017", "a workflow takes no idempotency key")
        }
    }
}
