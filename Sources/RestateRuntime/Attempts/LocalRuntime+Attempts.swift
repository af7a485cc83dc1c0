import Primitives
import RestateProtocol

/// How attempts begin.
extension LocalRuntime {
    /// Begins an attempt, as soon as there is room for one.
    mutating func launch(_ id: InvocationIdentity, at now: Timestamp) {
        guard invocations.update(id, { $0.phase = .ready }) != nil else { return }
        room.enqueue(id)
        launchReady(at: now)
    }

    /// Lets those begin that wait, in their order, while there is room.
    ///
    /// An attempt that cannot begin may end its invocation, which may let another one begin, and so
    /// on: therefore a loop, and no recursion.
    mutating func launchReady(at now: Timestamp) {
        guard !room.isLaunching else { return }
        room.isLaunching = true
        defer { room.isLaunching = false }
        while attempts.count < settings.concurrentAttempts, let next = room.popReady() {
            guard case .ready = invocations[next]?.phase else { continue }
            do throws(EndpointFailure) {
                let (deployment, version) = try choose(for: next)
                try start(next, deployment, version, at: now)
            } catch {
                attemptFailed(next, error, at: now)
            }
        }
        if !room.isLookPlanned { makeRoom(at: now) }
    }

    /// The deployment and the version: pinned ones, or the newest.
    private func choose(
        for id: InvocationIdentity
    ) throws(EndpointFailure) -> (Deployment, ProtocolVersion) {
        let service = invocations[id]?.head.target.service ?? ""
        let pinned = invocations[id]?.progress.milestones.pinned
        let known = pinned?.deployment ?? registry.services[service]?.deploymentID
        guard let known, let deployment = registry.deployments[known] else {
            throw .early("RT0011", "no deployment was found to process the invocation")
        }
        if let version = pinned?.version { return (deployment, version) }
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
        guard let head = invocations[id]?.head, let known = invocations[id]?.journal.count,
            let isFirst = invocations[id].map({ $0.progress.attempts.started == 0 })
        else { return }
        let target = head.target
        let service = deployment.services[target.service]
        let handler = service?.handler(target.handler)
        let isLazy =
            settings.lazyState
            || (handler?.options.lazyState ?? service?.options.lazyState ?? false)
        let first = try replay(id, isLazy: isLazy, at: now)

        let inactivity =
            handler?.options.inactivityTimeout ?? service?.options.inactivityTimeout
            ?? settings.inactivityTimeout
        let isBidirectional =
            deployment.isBidirectional && !settings.alwaysSuspend && inactivity > 0
        let attemptID = attempts.nextID()
        var attempt = Attempt(
            id: attemptID, of: id, on: deployment.id, version, inactivityTimeout: inactivity,
            abortTimeout: handler?.options.abortTimeout ?? service?.options.abortTimeout
                ?? settings.abortTimeout,
            knownEntries: known, messageLimit: settings.messageLimit, at: now)
        attempt.inputIsOpen = isBidirectional
        attempt.deadline = deadlines.add(
            .attempt(attemptID),
            at: now.later(
                by: isBidirectional ? attempt.inactivityTimeout : attempt.abortTimeout))
        attempts.insert(attempt)
        if isBidirectional { room.take(attemptID, among: attempts) }
        invocations.update(id) { $0.began(attemptID, on: deployment.id, at: now) }
        emit(.log(isFirst ? .started(target, id) : .resumed(target, id)))
        emit(
            .start(
                AttemptRequest(
                    attempt: attemptID, invocation: id, endpoint: deployment.endpoint,
                    service: target.service, handler: target.handler, key: target.key,
                    version: version, additionalHeaders: deployment.additionalHeaders,
                    clusterName: settings.clusterName)))
        attempts.write(to: attemptID) { $0 = first }
        if !isBidirectional {
            flush(attemptID)
            emit(.endInput(attemptID))
        }
    }

    /// Start and the journal, as bytes.
    private func replay(
        _ id: InvocationIdentity, isLazy: Bool, at now: Timestamp
    ) throws(EndpointFailure) -> [UInt8] {
        guard let head = invocations[id]?.head, let journal = invocations[id]?.journal,
            let retries = invocations[id]?.progress.attempts.retriesSinceEntry
        else { return [] }
        var start = StartMessage()
        start.id = id.bytes[...]
        start.debugID = id.text
        start.knownEntries = UInt32(journal.count)
        start.key = head.target.key ?? ""
        start.retryCount = retries
        start.durationSinceLastEntry = now > journal.lastEntryAt ? now - journal.lastEntryAt : 0
        start.randomSeed = head.randomSeed
        (start.stateMap, start.partialState) = try eagerState(of: head.owner, isLazy: isLazy)
        var fields = FieldWriter()
        fields.frame(start)
        var bytes = fields.bytes
        for entry in journal.entries {
            try checkMemory(entry.payload.count + Self.memoryBeside, "an entry of its journal")
            Frame.append(entry.code, entry.payload, to: &bytes)
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
}

extension EndpointFailure {
    /// Before the handler could run: the next attempt is not told.
    static func early(_ code: String, _ message: String) -> EndpointFailure {
        var failure = EndpointFailure(code, message)
        failure.countsForStart = false
        return failure
    }
}
