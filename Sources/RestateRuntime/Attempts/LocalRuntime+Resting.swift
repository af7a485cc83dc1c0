import Primitives
import RestateProtocol

/// How an attempt ends while its invocation goes on: suspension, failure and retry, pause.
extension LocalRuntime {
    /// Ends an attempt that only waits. If what it waits for has come meanwhile, the next attempt
    /// begins at once.
    ///
    /// Up to protocol version 6 the endpoint lists ids, of which any one wakes it; later versions
    /// send a tree.
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
            throw EndpointFailure("RT0012", "the suspension names nothing to wait for")
        }
        let knowsAll = invocations[id]?.journal.count == attempts[attempt]?.knownEntries
        var results = invocations[id]?.journal.results ?? [:]
        // Whoever was given a cancellation and still lists it has dealt with it, and waits for the next one.
        if knowsAll { results[.cancel] = nil }
        let isDecided = tree.isDecided(by: results)
        if isDecided, knowsAll {
            // No notification came since the attempt began, so the next one would suspend in the
            // same way, in an endless loop.
            throw EndpointFailure(
                "RT0012", "the attempt suspends on a result that it was sent already")
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

    /// Starts an attempt if the suspended invocation now has what it waits for.
    mutating func wake(_ id: InvocationIdentity, at now: Timestamp) {
        if invocations[id]?.canGoOn == true { launch(id, at: now) }
    }

    /// Starts an attempt at once, with the retry policy counting from zero.
    mutating func restart(_ id: InvocationIdentity, at now: Timestamp) {
        if let deadline = invocations[id]?.phase.deadline { deadlines.remove(deadline) }
        invocations.update(id) { $0.attempts.failures = 0 }
        launch(id, at: now)
    }

    // MARK: Failure

    /// Ends a failed attempt and decides what follows: another attempt after a delay, a pause, or a
    /// failed invocation.
    ///
    /// In this order: a pause that was asked for; what the endpoint's error demands; the delay that
    /// the endpoint named, which uses up no attempt of the policy; the retry policy.
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

    /// Returns a random addition to a delay, so that invocations that failed together do not all
    /// retry together.
    private mutating func jitter(on delay: Milliseconds) -> Milliseconds {
        guard settings.retryJitter > 0 else { return 0 }
        let most = max(3, Double(delay) * settings.retryJitter)
        return Milliseconds(Double.random(in: 0...most, using: &random))
    }

    private func retryPolicy(of id: InvocationIdentity) -> AttemptRetryPolicy? {
        guard let target = invocations[id]?.head.target else { return nil }
        // The policy of the deployment in use counts, because a newer one may have another.
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

    /// Waits before the next attempt.
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

    /// Pauses an invocation that has no attempt any more. Only `resume`, `cancel` or `kill` end the
    /// pause.
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
