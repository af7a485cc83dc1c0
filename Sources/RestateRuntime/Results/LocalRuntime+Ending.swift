import Primitives
import RestateProtocol

/// How invocations end: result, kill, expiry.
extension LocalRuntime {
    /// The handler is through. Its last output is the result.
    mutating func end(_ id: InvocationIdentity, at now: Timestamp) throws(EndpointFailure) {
        guard let output = invocations[id]?.journal.output else {
            // A server would leave the invocation as it is, for ever.
            throw EndpointFailure("RT0012", "the attempt ended without an output")
        }
        complete(id, output, at: now)
    }

    /// The invocation is over: whoever waits is told, and the key is free.
    mutating func complete(
        _ id: InvocationIdentity, _ result: ValueOrFailure, abort: Bool = false, at now: Timestamp
    ) {
        leaveAttempt(id, abort: abort, at: now)
        guard let invocation = invocations.remove(id) else { return }
        let head = invocation.head
        if let deadline = invocation.phase.deadline { deadlines.remove(deadline) }
        for sleep in invocation.links.sleeps.values { deadlines.remove(sleep) }
        keep(invocation, result, at: now)
        var failure: Failure?
        if case .failure(let reason) = result { failure = reason }
        emit(
            .log(
                .ended(
                    head.target, id, failure,
                    after: now > head.createdAt ? now - head.createdAt : 0)))
        let outcome = InvocationOutcome(
            id: id, target: head.target, result: result, expires: nil)
        for listener in invocation.links.listeners { tell(listener, outcome, at: now) }
        if head.handlerKind == .exclusive, let owner = head.owner {
            unlock(owner, heldBy: id, at: now)
        }
        launchReady(at: now)
    }

    private mutating func keep(
        _ invocation: OpenInvocation, _ result: ValueOrFailure, at now: Timestamp
    ) {
        let retention = invocation.head.completionRetention
        // What was ended before it began leaves nothing behind, whatever its retention.
        guard retention > 0, invocation.isInvoked else {
            return forget(invocation.head)
        }
        let due = now.later(by: retention)
        let expiry = deadlines.add(.expiry(invocation.id), at: due)
        results.insert(
            invocation.id,
            FinishedInvocation(invocation, result, at: now, expires: due, expiry),
            invocation.head.journalRetention == 0
                ? nil : ArchivedJournal(invocation.journal.entries))
    }

    /// Its time is over.
    mutating func expire(_ id: InvocationIdentity) {
        guard let record = results.remove(id) else { return }
        forget(record.head)
    }

    /// With a workflow's run go its state and promises: then the key may run again.
    private mutating func forget(_ head: Shared<InvocationHead>) {
        guard head.handlerKind == .workflow, let owner = head.owner else { return }
        states.replace(owner, with: nil)
        promises.forget(owner)
    }
}
