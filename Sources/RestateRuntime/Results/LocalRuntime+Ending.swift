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

    /// Keeps the result and the journal, each for its retention.
    private mutating func keep(
        _ invocation: OpenInvocation, _ result: ValueOrFailure, at now: Timestamp
    ) {
        let retention = invocation.head.completionRetention
        // An invocation that was cancelled before it began leaves nothing behind, as on a server.
        guard retention > 0, invocation.isInvoked else {
            return forget(invocation.head)
        }
        let due = now.later(by: retention)
        let keepsJournal = invocation.head.journalRetention > 0
        let expiry =
            results.archive == nil ? deadlines.add(.expiry(invocation.id), at: due) : nil
        let finished = FinishedInvocation(
            invocation, result, at: now, expires: due, expiry, keepsJournal: keepsJournal)
        if results.archive == nil, keepsJournal, let end = finished.journalExpires {
            _ = deadlines.add(.journalExpiry(invocation.id), at: end)
        }
        results.insert(
            invocation.id, finished,
            keepsJournal ? ArchivedJournal(invocation.journal.entries) : nil)
    }

    /// Removes a finished invocation at the end of its retention, or when it is purged.
    mutating func expire(_ id: InvocationIdentity) throws(ArchiveFailure) {
        guard let finished = try results.find(id) else { return }
        expire(id, finished)
    }

    mutating func expire(_ id: InvocationIdentity, _ finished: FinishedInvocation) {
        if let expiry = finished.expiry { deadlines.remove(expiry) }
        results.remove(id)
        forget(finished.head)
    }

    /// Removes stored invocations and journals whose retention is over.
    mutating func expireStored(at now: Timestamp) {
        guard let archive = results.archive else { return }
        expireStored(.results, in: archive, at: now)
        expireStored(.journals, in: archive, at: now)
    }

    /// Removes so many at once that nobody else waits long. If there are more, or they cannot be
    /// read, the next deadline is set for them.
    private mutating func expireStored(
        _ what: RetainedPart, in archive: any ResultArchive, at now: Timestamp
    ) {
        guard let due = results[expiryOf: what].next, due <= now else { return }
        do throws(ArchiveFailure) {
            let ended = try archive.expiring(
                what, after: results[expiryOf: what].place, until: now, limit: Self.expiriesAtOnce)
            for (place, id) in ended {
                // A purged one is in the archive until that is stored.
                if results.serial(of: id) == place.serial {
                    switch what {
                    case .results: try expire(id)
                    case .journals: results.dropJournal(of: id)
                    }
                }
                results[expiryOf: what].passed(place)
            }
            guard ended.count < Self.expiriesAtOnce else { return }
            let next = try archive.expiring(
                what, after: results[expiryOf: what].place, until: .max, limit: 1)
            results[expiryOf: what].wait(until: next.first?.place.expires)
        } catch {
            emit(.log(.unreadable(error)))
            results[expiryOf: what].wait(until: now.later(by: Self.patience))
        }
    }

    private static let expiriesAtOnce = 500
    /// After a failed read the archive is asked again.
    private static let patience: Milliseconds = 60_000

    /// Removes the state and the promises of a workflow whose run is forgotten, so that the key can
    /// run again from the beginning.
    private mutating func forget(_ head: Shared<InvocationHead>) {
        guard head.handlerKind == .workflow, let owner = head.owner else { return }
        states.replace(owner, with: nil)
        promises.forget(owner)
    }
}
