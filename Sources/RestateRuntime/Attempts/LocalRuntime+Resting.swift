import Primitives
import RestateProtocol

/// How an attempt ends while its invocation goes on: suspension, failure and retry, pause.
extension LocalRuntime {
    /// The attempt rests. If what it waits for has come meanwhile, the next one begins at once.
    mutating func suspend(
        _ id: InvocationIdentity, _ attempt: AttemptID, _ message: SuspensionMessage,
        at now: Timestamp
    ) throws(EndpointFailure) {
        guard let target = invocations[id]?.head.target, let version = attempts[attempt]?.version
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
        let isDecided = invocations[id].map { tree.isDecided(by: $0.journal.results) } ?? false
        if isDecided, invocations[id]?.journal.count == attempts[attempt]?.knownEntries {
            // Nothing came since it began: the next attempt would do the same, and so on for ever.
            throw EndpointFailure(
                "RT0012", "the attempt suspends although it was given what it waits for")
        }
        leaveAttempt(id, abort: false, at: now)
        if invocations[id]?.phase.isPauseRequested == true {
            pauseNow(id, at: now)
        } else {
            invocations.update(id) { $0.park(.suspended(on: tree), at: now) }
            if isDecided {
                launch(id, at: now)
            } else {
                emit(.log(.suspended(target, id)))
            }
        }
        launchReady(at: now)
    }

    /// A notification came for a suspended invocation.
    mutating func wake(_ id: InvocationIdentity, at now: Timestamp) {
        if invocations[id]?.canGoOn == true { launch(id, at: now) }
    }

    /// A new attempt with a new count of failures.
    mutating func restart(_ id: InvocationIdentity, at now: Timestamp) {
        if let deadline = invocations[id]?.phase.deadline { deadlines.remove(deadline) }
        invocations.update(id) { $0.attempts.failures = 0 }
        launch(id, at: now)
    }

    // MARK: failure

    mutating func attemptFailed(
        _ id: InvocationIdentity, _ failure: EndpointFailure, at now: Timestamp
    ) {
        guard let entries = invocations[id]?.journal.count else { return }
        leaveAttempt(id, abort: failure.isOfRuntime, at: now)
        invocations.update(id) {
            $0.attempts.lastFailure = failure
            $0.note(.transientError, failure, after: entries, at: now)
            if failure.countsForStart { $0.attempts.retriesSinceEntry += 1 }
        }
        defer { launchReady(at: now) }
        if invocations[id]?.phase.isPauseRequested == true { return pauseNow(id, at: now) }
        switch failure.behavior {
        case .pause: return pauseNow(id, at: now)
        case .fail: return complete(id, .failure(failure.result), at: now)
        case .retry: break
        }
        if let delay = failure.delay { return backOff(id, failure, delay, at: now) }
        let counted = invocations.update(id) {
            $0.attempts.failures += 1
            return $0.attempts.failures
        }
        guard let failures = counted, let policy = retryPolicy(of: id) else { return }
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

    private func retryPolicy(of id: InvocationIdentity) -> AttemptRetryPolicy? {
        guard let target = invocations[id]?.head.target else { return nil }
        // Of the deployment in use: a newer one may say something else.
        let deployment =
            invocations[id]?.progress.milestones.pinned?.deployment
            ?? invocations[id]?.progress.attempts.lastDeployment
        let service =
            deployment.flatMap { registry.deployments[$0]?.services[target.service] }
            ?? registry.services[target.service]
        var policy = settings.retryPolicy
        if let service {
            policy = policy.overridden(by: service.options.retryPolicy)
            if let handler = service.handler(target.handler) {
                policy = policy.overridden(by: handler.options.retryPolicy)
            }
        }
        return policy
    }

    private mutating func backOff(
        _ id: InvocationIdentity, _ failure: EndpointFailure, _ delay: Milliseconds,
        at now: Timestamp
    ) {
        guard let target = invocations[id]?.head.target,
            let failures = invocations[id]?.progress.attempts.failures
        else { return }
        let due = now.later(by: delay)
        let retry = deadlines.add(.retry(id), at: due)
        invocations.update(id) {
            $0.phase = .backingOff(retry: retry)
            $0.attempts.nextRetryAt = due
        }
        emit(.log(.retrying(target, id, failure, after: delay, failures: failures)))
    }

    mutating func pauseNow(_ id: InvocationIdentity, at now: Timestamp) {
        guard let target = invocations[id]?.head.target,
            let entries = invocations[id]?.journal.count
        else { return }
        if let deadline = invocations[id]?.phase.deadline { deadlines.remove(deadline) }
        let failure = invocations[id]?.progress.attempts.lastFailure
        invocations.update(id) {
            $0.park(.paused, at: now)
            $0.note(.paused, failure, after: entries, at: now)
        }
        emit(.log(.paused(target, id, failure)))
    }
}
