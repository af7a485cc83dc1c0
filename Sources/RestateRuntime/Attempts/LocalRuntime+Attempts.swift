import Primitives
import RestateProtocol

/// The start of an attempt: when there is a free place, on which deployment, and with which bytes.
extension LocalRuntime {
    /// Queues an invocation for an attempt, and begins it if one of the concurrent attempts is
    /// free.
    mutating func launch(_ id: InvocationIdentity, at now: Timestamp) {
        guard invocations.update(id, { $0.phase = .ready }) != nil else { return }
        room.enqueue(id)
        launchReady(at: now)
    }

    /// Begins the queued invocations in their order while the limit of concurrent attempts allows
    /// it.
    ///
    /// An attempt that cannot begin may end its invocation, which frees a key and lets another
    /// invocation begin, and so on. `isLaunching` turns that recursion into this loop, so that the
    /// stack does not grow with the length of a queue.
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

    /// Returns the deployment and the protocol version for the next attempt: the pinned ones, or
    /// else the newest deployment of the service.
    private func choose(
        for id: InvocationIdentity
    ) throws(EndpointFailure) -> (DeploymentRoute, ProtocolVersion) {
        let service = invocations[id]?.head.target.service ?? ""
        let pinned = invocations[id]?.progress.milestones.pinned
        let known = pinned?.deployment ?? registry.route(service: service)?.record.deploymentID
        guard let known, let deployment = registry.route(deployment: known) else {
            throw .early("RT0011", "no deployment was found to process the invocation")
        }
        if let version = pinned?.version { return (deployment, version) }
        let lowest = deployment.record.minVersion
        guard lowest <= settings.protocolCap,
            let version = ProtocolVersion(
                rawValue: min(deployment.record.maxVersion, settings.protocolCap))
        else {
            throw .early(
                "RT0013",
                "the deployment speaks the protocol from version \(lowest) on; "
                    + "the highest one that is switched on is \(settings.protocolCap)")
        }
        return (deployment, version)
    }

    /// Begins an attempt: sets its deadline, emits `start`, and queues the first bytes.
    ///
    /// If the endpoint cannot answer while it still reads, or the runtime is told to always
    /// suspend, the input ends right behind the journal.
    private mutating func start(
        _ id: InvocationIdentity, _ route: DeploymentRoute, _ version: ProtocolVersion,
        at now: Timestamp
    ) throws(EndpointFailure) {
        guard let head = invocations[id]?.head, let known = invocations[id]?.journal.count,
            let isFirst = invocations[id].map({ $0.progress.attempts.started == 0 })
        else { return }
        let target = head.target
        let service = route.service(target.service)
        let handler = service?.handler(target.handler)
        let first = try replay(id, loading(handler, service), at: now)

        let inactivity =
            handler?.record.options.inactivityTimeout ?? service?.record.options.inactivityTimeout
            ?? settings.inactivityTimeout
        let isBidirectional =
            route.record.isBidirectional && !settings.alwaysSuspend && inactivity > 0
        let deployment = route.record.id
        let attemptID = attempts.nextID()
        var attempt = Attempt(
            id: attemptID, of: id, on: deployment, version, inactivityTimeout: inactivity,
            abortTimeout: handler?.record.options.abortTimeout
                ?? service?.record.options.abortTimeout ?? settings.abortTimeout,
            knownEntries: known, messageLimit: settings.messageLimit, at: now)
        attempt.inputIsOpen = isBidirectional
        attempt.deadline = deadlines.add(
            .attempt(attemptID),
            at: now.later(
                by: isBidirectional ? attempt.inactivityTimeout : attempt.abortTimeout))
        attempts.insert(attempt)
        if isBidirectional { room.take(attemptID, among: attempts) }
        invocations.update(id) { $0.began(attemptID, on: deployment, at: now) }
        emit(.log(isFirst ? .started(target, id) : .resumed(target, id)))
        emit(
            .start(
                AttemptRequest(
                    attempt: attemptID, invocation: id, endpoint: route.record.endpoint,
                    service: target.service, handler: target.handler, key: target.key,
                    version: version, additionalHeaders: route.record.additionalHeaders,
                    clusterName: settings.clusterName, trace: trace(of: head))))
        attempts.write(to: attemptID) { $0 = first }
        if !isBidirectional {
            flush(attemptID)
            emit(.endInput(attemptID))
        }
    }

    /// Each attempt has a place of its own below the invocation's.
    private mutating func trace(of head: Shared<InvocationHead>) -> InvocationTrace? {
        guard let trace = head.value.trace else { return nil }
        return InvocationTrace(trace.parent.child(random.next() | 1), state: trace.state)
    }

    /// Encodes the message `Start` and the whole journal, which every attempt gets first.
    private func replay(
        _ id: InvocationIdentity, _ loading: EagerState, at now: Timestamp
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
        (start.stateMap, start.partialState) = try eagerState(of: head.owner, loading)
        let size = journal.entries.reduce(0) { $0 + FrameHeader.size + $1.payload.count }
        var fields = FieldWriter(reserving: 256 + size)
        fields.frame(start)
        for entry in journal.entries {
            try checkMemory(entry.payload.count + Self.memoryBeside, "an entry of its journal")
            fields.frame(code: entry.code, payload: entry.payload)
        }
        return fields.bytes
    }

    /// Returns the state entries that are sent along with `Start`, up to the limit, and whether
    /// some are missing. For missing ones the handler asks with a command.
    private func eagerState(
        of owner: StateOwner?, _ loading: EagerState
    ) throws(EndpointFailure) -> (entries: [StateEntry], isPartial: Bool) {
        guard let owner, loading != .none, settings.eagerStateLimit > 0 else { return ([], true) }
        let names: Set<[UInt8]>? =
            if case .only(let names) = loading { Set(names.map { Array($0.utf8) }) } else { nil }
        guard let state = states[owner] else { return ([], names != nil) }
        var entries: [StateEntry] = []
        var size = 0
        for entry in state.entries {
            if let names, !names.contains(Array(entry.key)) { continue }
            size += entry.key.count + entry.value.count
            // With a smaller limit for eager state the server never has all of it in memory at
            // once.
            if settings.eagerStateLimit >= settings.invocationMemory {
                try checkMemory(size, "its state")
            }
            if size > settings.eagerStateLimit { return (entries, true) }
            entries.append(StateEntry(key: entry.key, value: entry.value))
        }
        return (entries, names != nil)
    }

    /// Which entries come along, as handler or service say. A handler that says anything of it is not
    /// asked for the rest of its service's.
    private func loading(_ handler: HandlerRoute?, _ service: ServiceRoute?) -> EagerState {
        if settings.lazyState { return .none }
        let ofHandler = handler?.record.options.lazyState
        guard ofHandler ?? service?.record.options.lazyState == true else { return .all }
        let keys =
            ofHandler == nil
            ? service?.record.options.eagerStateKeys : handler?.record.options.eagerStateKeys
        guard let keys, !keys.isEmpty else { return .none }
        return .only(keys)
    }

    private enum EagerState: Equatable {
        case all, none
        case only([String])
    }

    /// The bytes that a server reserves for an entry in addition to its payload.
    private static let memoryBeside = 4096

    /// Fails the attempt if it needs more memory than a server gives one invocation.
    ///
    /// A server pauses such an invocation, because every further attempt would need the same
    /// memory.
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
    /// Makes a failure that happened before the handler could run. It does not count in
    /// `Start.retryCount`, which tells the handler about its own failed attempts.
    static func early(_ code: String, _ message: String) -> EndpointFailure {
        var failure = EndpointFailure(code, message)
        failure.countsForStart = false
        return failure
    }
}
