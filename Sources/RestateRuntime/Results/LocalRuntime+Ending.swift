import Primitives
import RestateProtocol

/// How an invocation ends, and how its result expires.
extension LocalRuntime {
    /// Handles the message End: the last Output is the result.
    mutating func end(_ id: InvocationIdentity, at now: Timestamp) throws(EndpointFailure) {
        guard let output = invocations[id]?.journal.output else {
            // A server leaves such an invocation as it is, and it never ends. Here the attempt
            // fails.
            throw EndpointFailure("RT0012", "the attempt ended without an output")
        }
        complete(id, output, at: now)
    }

    /// Ends an invocation: its timers are removed, its result is kept, its listeners are answered,
    /// and its key goes to the next.
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

    /// Keeps the result for its retention.
    private mutating func keep(
        _ invocation: OpenInvocation, _ result: ValueOrFailure, at now: Timestamp
    ) {
        let retention = invocation.head.completionRetention
        // An invocation that was cancelled before it began leaves nothing behind, as on a server.
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

    /// Removes a finished invocation at the end of its retention, or when it is purged.
    mutating func expire(_ id: InvocationIdentity) {
        guard let record = results.remove(id) else { return }
        forget(record.head)
    }

    /// Removes the state and the promises of a workflow whose run is forgotten, so that the key can
    /// run again from the beginning.
    private mutating func forget(_ head: Shared<InvocationHead>) {
        guard head.handlerKind == .workflow, let owner = head.owner else { return }
        states.replace(owner, with: nil)
        promises.forget(owner)
    }
}
