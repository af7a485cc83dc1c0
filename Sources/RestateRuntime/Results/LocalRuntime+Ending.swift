import Primitives
import RestateProtocol

/// How attempts and invocations end: suspension, failure and retry, result, kill, expiry.
extension LocalRuntime {
    // MARK: suspension

    /// The attempt rests. If what it waits for has come meanwhile, the next one begins at once.
    mutating func suspend(
        _ id: InvocationIdentity, _ message: SuspensionMessage, at now: Timestamp
    ) throws(EndpointFailure) {
        guard let facts = invocations[id]?.facts, let version = invocations[id]?.attempt?.version
        else { return }
        let tree: FutureTree
        if version.suspendsOnTree {
            tree = message.awaitingOn ?? FutureTree()
        } else {
            var flat = FutureTree()
            flat.completions = message.completions
            flat.signals = message.signals
            flat.namedSignals = message.namedSignals
            flat.combinator = .firstCompleted
            tree = flat
        }
        guard !tree.isEmpty else {
            throw EndpointFailure("RT0012", "a suspension that waits for nothing")
        }
        let isDecided = invocations[id].map { tree.isDecided(by: $0.results) } ?? false
        if isDecided, invocations[id]?.hasGrownInAttempt == false {
            // Nothing came since it began: the next attempt would do the same, and so on for ever.
            throw EndpointFailure(
                "RT0012", "the attempt suspends although it was given what it waits for")
        }
        leaveAttempt(id, abort: false, at: now)
        if invocations[id]?.pauseRequested == true {
            pauseNow(id, at: now)
        } else {
            invocations[id]?.rest(.suspended, at: now)
            invocations[id]?.suspendedOn = tree
            if isDecided {
                launch(id, at: now)
            } else {
                emit(.log(.suspended(facts.target, id)))
                headChanged(id)
            }
        }
        launchReady(at: now)
    }

    /// A notification came for a suspended invocation.
    mutating func wake(_ id: InvocationIdentity, at now: Timestamp) {
        guard let tree = invocations[id]?.suspendedOn,
            invocations[id].map({ tree.isDecided(by: $0.results) }) == true
        else { return }
        launch(id, at: now)
    }

    /// A new attempt with a new count of failures.
    mutating func restart(_ id: InvocationIdentity, at now: Timestamp) {
        if let deadline = invocations[id]?.deadline { deadlines.remove(deadline) }
        invocations[id]?.deadline = nil
        invocations[id]?.failures = 0
        invocations[id]?.pauseRequested = false
        launch(id, at: now)
    }

    // MARK: failure

    mutating func attemptFailed(
        _ id: InvocationIdentity, _ failure: EndpointFailure, at now: Timestamp
    ) {
        guard invocations.contains(id) else { return }
        leaveAttempt(id, abort: failure.isOfRuntime, at: now)
        invocations[id]?.lastFailure = failure
        invocations[id]?.note(.transientError, failure, at: now)
        if failure.countsForStart { invocations[id]?.retriesSinceEntry += 1 }
        defer { launchReady(at: now) }
        if invocations[id]?.pauseRequested == true { return pauseNow(id, at: now) }
        switch failure.behavior {
        case .pause: return pauseNow(id, at: now)
        case .fail: return complete(id, .failure(failure.result), at: now)
        case .retry: break
        }
        if let delay = failure.delay { return backOff(id, failure, delay, at: now) }
        invocations[id]?.failures += 1
        guard let failures = invocations[id]?.failures,
            let policy = invocations[id].map(retryPolicy)
        else { return }
        if let limit = policy.maxAttempts, failures >= limit {
            switch policy.onMaxAttempts {
            case .pause: return pauseNow(id, at: now)
            case .kill: return complete(id, .failure(failure.result), at: now)
            }
        }
        let delay = policy.delay(afterFailures: failures)
        backOff(id, failure, delay.later(by: jitter(on: delay)), at: now)
    }

    private mutating func jitter(on delay: Milliseconds) -> Milliseconds {
        guard settings.retryJitter > 0 else { return 0 }
        let most = max(3, Double(delay) * settings.retryJitter)
        return Milliseconds(Double.random(in: 0...most, using: &random))
    }

    private func retryPolicy(of invocation: OpenInvocation) -> AttemptRetryPolicy {
        // Of the deployment in use: a newer one may say something else.
        let deployment = invocation.pinned?.deployment ?? invocation.lastDeployment
        let service =
            deployment.flatMap { registry.deployments[$0]?.services[invocation.target.service] }
            ?? registry.services[invocation.target.service]
        var policy = settings.retryPolicy
        if let service {
            policy = policy.overridden(by: service.options.retryPolicy)
            if let handler = service.handler(invocation.target.handler) {
                policy = policy.overridden(by: handler.options.retryPolicy)
            }
        }
        return policy
    }

    private mutating func backOff(
        _ id: InvocationIdentity, _ failure: EndpointFailure, _ delay: Milliseconds,
        at now: Timestamp
    ) {
        guard let facts = invocations[id]?.facts, let failures = invocations[id]?.failures
        else { return }
        let due = now.later(by: delay)
        invocations[id]?.status = .backingOff
        invocations[id]?.nextRetryAt = due
        invocations[id]?.deadline = deadlines.add(.retry(id), at: due)
        emit(
            .log(
                .retrying(facts.target, id, failure, after: delay, failures: failures)))
        headChanged(id)
    }

    mutating func pauseNow(_ id: InvocationIdentity, at now: Timestamp) {
        guard let facts = invocations[id]?.facts else { return }
        if let deadline = invocations[id]?.deadline { deadlines.remove(deadline) }
        invocations[id]?.deadline = nil
        invocations[id]?.pauseRequested = false
        invocations[id]?.rest(.paused, at: now)
        let failure = invocations[id]?.lastFailure
        invocations[id]?.note(.paused, failure, at: now)
        emit(.log(.paused(facts.target, id, failure)))
        headChanged(id)
    }

    // MARK: result

    /// The handler is through. Its last output is the result.
    mutating func end(_ id: InvocationIdentity, at now: Timestamp) throws(EndpointFailure) {
        guard let output = invocations[id]?.output else {
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
        if let deadline = invocation.deadline { deadlines.remove(deadline) }
        for sleep in invocation.sleeps.values { deadlines.remove(sleep) }
        keep(invocation, result, at: now)
        changed { $0.invocations[invocation.serial] = id }
        var failure: Failure?
        if case .failure(let reason) = result { failure = reason }
        emit(
            .log(
                .ended(
                    invocation.target, id, failure,
                    after: now > invocation.createdAt ? now - invocation.createdAt : 0)))
        let outcome = InvocationOutcome(
            id: id, target: invocation.target, result: result, expires: nil)
        for listener in invocation.listeners { tell(listener, outcome, at: now) }
        if invocation.handlerKind == .exclusive, let owner = invocation.owner {
            unlock(owner, heldBy: id, at: now)
        }
        launchReady(at: now)
    }

    private mutating func keep(
        _ invocation: OpenInvocation, _ result: ValueOrFailure, at now: Timestamp
    ) {
        let retention = invocation.completionRetention
        // What was ended before it began leaves nothing behind, whatever its retention.
        guard retention > 0, invocation.isInvoked else {
            return forget(invocation.handlerKind, invocation.owner)
        }
        let due = now.later(by: retention)
        let expiry = deadlines.add(.expiry(invocation.id), at: due)
        results.insert(
            invocation.id,
            FinishedInvocation(invocation, result, at: now, expires: due, expiry),
            invocation.journalRetention == 0 ? nil : ArchivedJournal(invocation.journal))
    }

    /// Its time is over.
    mutating func expire(_ id: InvocationIdentity) {
        guard let record = results.remove(id) else { return }
        forget(
            record.handlerKind,
            record.target.key.map {
                StateOwner(service: record.target.service, key: $0)
            })
    }

    /// With a workflow's run go its state and promises: then the key may run again.
    private mutating func forget(_ kind: HandlerRecord.Kind, _ owner: StateOwner?) {
        guard kind == .workflow, let owner else { return }
        states.replace(owner, with: nil)
        promises.forget(owner)
    }
}

extension OpenInvocation {
    /// Something was added to its journal since its attempt began.
    fileprivate var hasGrownInAttempt: Bool {
        journal.count != attempt?.knownEntries
    }

    /// Between attempts, with nothing held against it.
    mutating func rest(_ status: Status, at now: Timestamp) {
        self.status = status
        modifiedAt = now
        failures = 0
        suspendedOn = nil
        // When a paused one would have gone on is still told.
        if status != .paused { nextRetryAt = nil }
    }
}
