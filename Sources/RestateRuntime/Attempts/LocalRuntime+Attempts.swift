import Primitives
import RestateProtocol

/// Attempts: how they begin, what comes back from the transport, how they go quiet and end.
extension LocalRuntime {
    // MARK: begin

    /// Begins an attempt, as soon as there is room for one.
    mutating func launch(_ id: InvocationIdentity, at now: Timestamp) {
        guard invocations.contains(id) else { return }
        invocations[id]?.status = .ready
        headChanged(id)
        ready.append(id)
        launchReady(at: now)
    }

    /// Lets those begin that wait, in their order, while there is room.
    ///
    /// An attempt that cannot begin may end its invocation, which may let another one begin, and so
    /// on: therefore a loop, and no recursion.
    mutating func launchReady(at now: Timestamp) {
        guard !isLaunching else { return }
        isLaunching = true
        defer { isLaunching = false }
        while attempts.count < settings.concurrentAttempts, let next = ready.popFirst() {
            guard case .ready = invocations[next]?.status else { continue }
            do throws(EndpointFailure) {
                let (deployment, version) = try choose(for: next)
                try start(next, deployment, version, at: now)
            } catch {
                attemptFailed(next, error, at: now)
            }
        }
        if !isRoomPlanned { makeRoom(at: now) }
    }

    /// The deployment and the version: pinned ones, or the newest.
    private func choose(
        for id: InvocationIdentity
    ) throws(EndpointFailure) -> (Deployment, ProtocolVersion) {
        let invocation = invocations[id]
        let service = invocation?.target.service ?? ""
        let known = invocation?.pinned?.deployment ?? registry.services[service]?.deploymentID
        guard let known, let deployment = registry.deployments[known] else {
            throw .early("RT0011", "no deployment was found to process the invocation")
        }
        if let version = invocation?.pinned?.version { return (deployment, version) }
        guard deployment.minVersion <= settings.protocolCap,
            let version = ProtocolVersion(
                rawValue: min(deployment.maxVersion, settings.protocolCap))
        else {
            throw .early(
                "RT0013",
                "the deployment speaks the protocol from version \(deployment.minVersion) on; "
                    + "the highest one that is switched on is \(settings.protocolCap)")
        }
        return (deployment, version)
    }

    private mutating func start(
        _ id: InvocationIdentity, _ deployment: Deployment, _ version: ProtocolVersion,
        at now: Timestamp
    ) throws(EndpointFailure) {
        guard let facts = invocations[id]?.facts, let known = invocations[id]?.journal.count,
            let isFirst = invocations[id].map({ $0.attemptsStarted == 0 })
        else { return }
        let service = deployment.services[facts.target.service]
        let handler = service?.handler(facts.target.handler)
        let isLazy =
            settings.lazyState
            || (handler?.options.lazyState ?? service?.options.lazyState ?? false)
        let first = try replay(id, isLazy: isLazy, at: now)

        attemptCount += 1
        let attemptID = AttemptID(number: attemptCount)
        let inactivity =
            handler?.options.inactivityTimeout ?? service?.options.inactivityTimeout
            ?? settings.inactivityTimeout
        let isBidirectional =
            deployment.isBidirectional && !settings.alwaysSuspend && inactivity > 0
        var attempt = Attempt(
            id: attemptID, deployment: deployment.id, version: version,
            inactivityTimeout: inactivity,
            abortTimeout: handler?.options.abortTimeout ?? service?.options.abortTimeout
                ?? settings.abortTimeout,
            knownEntries: known,
            decoder: FrameDecoder(limit: settings.messageLimit), lastActivity: now)
        attempt.inputIsOpen = isBidirectional
        attempt.deadline = deadlines.add(
            .attempt(attemptID),
            at: now.later(
                by: isBidirectional ? attempt.inactivityTimeout : attempt.abortTimeout))
        attempts[attemptID] = id
        if isBidirectional { takePlace(attemptID) }
        invocations[id]?.attempt = attempt
        invocations[id]?.noteStart(of: deployment.id, at: now)
        headChanged(id)
        emit(
            .log(
                isFirst ? .started(facts.target, id) : .resumed(facts.target, id)))
        emit(
            .start(
                AttemptRequest(
                    attempt: attemptID, invocation: id, endpoint: deployment.endpoint,
                    service: facts.target.service, handler: facts.target.handler,
                    key: facts.target.key, version: version,
                    additionalHeaders: deployment.additionalHeaders,
                    clusterName: settings.clusterName)))
        write(to: id) { $0 = first }
        if !isBidirectional {
            flush(attemptID)
            emit(.endInput(attemptID))
        }
    }

    /// Start and the journal, as bytes.
    private func replay(
        _ id: InvocationIdentity, isLazy: Bool, at now: Timestamp
    ) throws(EndpointFailure) -> [UInt8] {
        guard let invocation = invocations[id] else { return [] }
        var start = StartMessage()
        start.id = invocation.id.bytes[...]
        start.debugID = invocation.id.text
        start.knownEntries = UInt32(invocation.journal.count)
        start.key = invocation.target.key ?? ""
        start.retryCount = invocation.retriesSinceEntry
        start.durationSinceLastEntry =
            now > invocation.lastEntryAt ? now - invocation.lastEntryAt : 0
        start.randomSeed = invocation.randomSeed
        (start.stateMap, start.partialState) = try eagerState(
            of: invocation.owner, isLazy: isLazy)
        var fields = FieldWriter()
        fields.frame(start)
        var bytes = fields.bytes
        for entry in invocation.journal {
            try checkMemory(entry.payload.count + Self.memoryBeside, "an entry of its journal")
            appendFrame(entry.code, entry.payload, to: &bytes)
        }
        return bytes
    }

    private func eagerState(
        of owner: StateOwner?, isLazy: Bool
    ) throws(EndpointFailure) -> (entries: [StateEntry], isPartial: Bool) {
        guard let owner, !isLazy, settings.eagerStateLimit > 0 else { return ([], true) }
        guard let state = states[owner] else { return ([], false) }
        var entries: [StateEntry] = []
        var size = 0
        for entry in state.entries {
            size += entry.key.count + entry.value.count
            // Who sends less along never needs the memory for more.
            if settings.eagerStateLimit >= settings.invocationMemory {
                try checkMemory(size, "its state")
            }
            if size > settings.eagerStateLimit { return (entries, true) }
            entries.append(StateEntry(key: entry.key, value: entry.value))
        }
        return (entries, false)
    }

    /// What a server needs of the memory besides an entry itself.
    private static let memoryBeside = 4096

    /// A server has so much memory for what it sends in one piece, and pauses what needs more.
    private func checkMemory(_ needed: Int, _ what: String) throws(EndpointFailure) {
        guard needed > settings.invocationMemory else { return }
        var failure = EndpointFailure.early(
            "RT0001",
            "out of memory: \(what) needs \(needed) bytes, and the memory budget of an invocation is "
                + "\(settings.invocationMemory) bytes")
        failure.behavior = .pause
        throw failure
    }

    // MARK: what the transport tells

    /// The response's head is there. It must say the same content type as the request.
    package mutating func responded(
        _ attempt: AttemptID, status: Int, contentType: String?, server: String?,
        retryAfter: Milliseconds? = nil, at now: Timestamp
    ) {
        guard let id = attempts[attempt], let version = invocations[id]?.attempt?.version
        else { return }
        invocations[id]?.attempt?.hasHead = true
        if let server, server != invocations[id]?.lastServer {
            invocations[id]?.lastServer = server
            headChanged(id)
        }
        var failure: EndpointFailure
        switch status {
        case 200...299:
            guard contentType != version.contentType.description else { return }
            failure = EndpointFailure(
                "RT0012",
                "unexpected content type '\(contentType ?? "none")': the endpoint must answer "
                    + "with \(version.contentType)")
        case 502, 504:
            failure = EndpointFailure("RT0010", "the endpoint is unavailable: status \(status)")
        case 429, 503:
            failure = EndpointFailure("RT0023", "the endpoint refuses for now: status \(status)")
            failure.delay = retryAfter
        case 415:
            failure = .early(
                "RT0015", "the endpoint does not speak \(version.contentType): register it again")
            failure.code = 415
        case 413:
            failure = EndpointFailure("RT0019", "the request is too large for the endpoint: 413")
        default:
            failure = EndpointFailure("RT0012", "unexpected status \(status) of the endpoint")
        }
        attemptFailed(id, failure, at: now)
    }

    /// Bytes of the response's body.
    package mutating func received(_ attempt: AttemptID, _ bytes: [UInt8], at now: Timestamp) {
        guard let id = attempts[attempt] else { return }
        invocations[id]?.attempt?.decoder.push(bytes)
        invocations[id]?.attempt?.lastActivity = now
        do throws(EndpointFailure) {
            while attempts[attempt] != nil, let frame = try nextFrame(of: id) {
                try handle(frame, of: id, at: now)
            }
        } catch {
            attemptFailed(id, error, at: now)
        }
        // A sleep that is over already ends behind all that came with it.
        if let due = deadlines.earliest, due <= now { advance(to: now) }
    }

    private mutating func nextFrame(of id: InvocationIdentity) throws(EndpointFailure) -> Frame? {
        do throws(WireError) {
            return try invocations[id]?.attempt?.decoder.next()
        } catch {
            if case .frameTooLarge = error { throw EndpointFailure("RT0003", "\(error)") }
            throw EndpointFailure("RT0012", "\(error)")
        }
    }

    /// The response ended, which without a last word is a failure.
    package mutating func responseEnded(_ attempt: AttemptID, at now: Timestamp) {
        guard let id = attempts[attempt] else { return }
        var failure = EndpointFailure(
            "RT0007", "the response ended before the attempt did: no suspension, error or end")
        failure.isOfRuntime = false
        attemptFailed(id, failure, at: now)
    }

    /// No connection, or it was lost, or the stream was reset.
    package mutating func connectionFailed(
        _ attempt: AttemptID, _ reason: String, at now: Timestamp
    ) {
        guard let id = attempts[attempt] else { return }
        attemptFailed(id, EndpointFailure("RT0010", reason), at: now)
    }

    // MARK: quiet

    /// Nothing for a while: first the input is ended, so that the handler suspends; if that does
    /// not help either, the attempt is given up.
    mutating func attemptIsQuiet(_ attempt: AttemptID, at now: Timestamp) {
        guard let id = attempts[attempt], let quiet = invocations[id]?.attempt?.quiet
        else { return }
        let due = quiet.since.later(by: quiet.limit)
        guard due <= now else {
            invocations[id]?.attempt?.deadline = deadlines.add(.attempt(attempt), at: due)
            return
        }
        guard quiet.inputIsOpen else {
            invocations[id]?.attempt?.deadline = nil
            return attemptFailed(
                id,
                EndpointFailure(
                    "RT0001",
                    "no sign of life for \(quiet.limit) ms after the request ended: the attempt is "
                        + "aborted"), at: now)
        }
        endInput(of: id)
        guard let limit = invocations[id]?.attempt?.abortTimeout else { return }
        invocations[id]?.attempt?.lastActivity = now
        invocations[id]?.attempt?.deadline = deadlines.add(
            .attempt(attempt), at: now.later(by: limit))
    }

    mutating func endInput(of id: InvocationIdentity) {
        guard let attempt = invocations[id]?.attempt?.id,
            invocations[id]?.attempt?.inputIsOpen == true
        else { return }
        invocations[id]?.attempt?.inputIsOpen = false
        flush(attempt)
        emit(.endInput(attempt))
    }

    // MARK: end

    /// The invocation goes on without its attempt, if it has one.
    mutating func leaveAttempt(_ id: InvocationIdentity, abort: Bool, at now: Timestamp) {
        guard let attempt = invocations[id]?.attempt?.id else { return }
        if !abort { flush(attempt) }
        if let deadline = invocations[id]?.attempt?.deadline { deadlines.remove(deadline) }
        attempts[attempt] = nil
        leaving.remove(attempt)
        invocations[id]?.attempt = nil
        emit(abort ? .abort(attempt) : .finish(attempt))
    }
}

extension EndpointFailure {
    /// Before the handler could run: the next attempt is not told.
    static func early(_ code: String, _ message: String) -> EndpointFailure {
        var failure = EndpointFailure(code, message)
        failure.countsForStart = false
        return failure
    }
}

extension OpenInvocation {
    fileprivate mutating func noteStart(of deployment: String, at now: Timestamp) {
        status = .running
        // Another attempt changes nothing that is kept.
        if runningAt == nil {
            runningAt = now
            modifiedAt = now
        }
        lastStartAt = now
        lastDeployment = deployment
        suspendedOn = nil
        attemptsStarted += 1
    }
}
