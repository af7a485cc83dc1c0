import RestateProtocol

/// Which deployment goes on with an invocation.
package enum DeploymentChoice: Equatable, Sendable {
    case keep
    case latest
    case id(String)
}

package enum CancelOutcome: Sendable { case ended, signalled, unknown, completed }
package enum KillOutcome: Sendable { case killed, unknown, completed }
package enum PurgeOutcome: Sendable { case purged, unknown, notCompleted }
package enum PauseOutcome: Sendable {
    case requested, alreadyPaused, unknown, notRunning, completed
}
package enum ResumeOutcome: Equatable, Sendable {
    case resumed, unknown, completed, notStarted
    case badDeployment(String)
}
package enum RestartOutcome: Equatable, Sendable {
    case started(InvocationID)
    case unknown, running, workflow, journalGone, badIndex
    case badDeployment(String)
}

/// What people do to invocations from outside.
extension LocalRuntime {
    /// What waits for its turn ends at once; everybody else gets the signal, and answers it.
    package mutating func cancel(_ id: InvocationID, at now: Timestamp) -> CancelOutcome {
        guard let isInvoked = invocations[id]?.isInvoked else {
            return finished[id] == nil ? .unknown : .completed
        }
        guard isInvoked else {
            complete(id, .failure(.cancelled), at: now)
            return .ended
        }
        notify(id, .signalNotification, .cancel, .void, at: now)
        return .signalled
    }

    /// Ends it and everything that it started, without asking.
    package mutating func kill(_ id: InvocationID, at now: Timestamp) -> KillOutcome {
        guard invocations.contains(id) else {
            return finished[id] == nil ? .unknown : .completed
        }
        var doomed = [id]
        while let next = doomed.popLast() {
            doomed += invocations[next]?.children ?? []
            complete(next, .failure(.killed), abort: true, at: now)
        }
        return .killed
    }

    package mutating func purge(_ id: InvocationID, at now: Timestamp) -> PurgeOutcome {
        guard let record = finished[id] else {
            return !invocations.contains(id) ? .unknown : .notCompleted
        }
        deadlines.remove(record.expiry)
        expire(id)
        return .purged
    }

    package mutating func purgeJournal(_ id: InvocationID, at now: Timestamp) -> PurgeOutcome {
        guard finished[id] != nil else {
            return !invocations.contains(id) ? .unknown : .notCompleted
        }
        dropJournal(of: id)
        return .purged
    }

    // MARK: pause and resume

    package mutating func pause(_ id: InvocationID, at now: Timestamp) -> PauseOutcome {
        guard let status = invocations[id]?.status else {
            return finished[id] == nil ? .unknown : .completed
        }
        switch status {
        case .scheduled, .inboxed: return .notRunning
        case .suspended, .paused: return .alreadyPaused
        case .backingOff, .ready: pauseNow(id, at: now)
        case .running:
            invocations[id]?.pauseRequested = true
            headChanged(id)
            if invocations[id]?.attempt?.inputIsOpen == true {
                endInput(of: id)
                invocations[id]?.attempt?.lastActivity = now
            }
        }
        return .requested
    }

    /// A new attempt: at once where one waits, with a new count of failures.
    package mutating func resume(
        _ id: InvocationID, deployment: DeploymentChoice? = nil, at now: Timestamp
    ) -> ResumeOutcome {
        guard let facts = invocations[id]?.facts, let status = invocations[id]?.status else {
            return finished[id] == nil ? .unknown : .completed
        }
        switch status {
        case .scheduled, .inboxed: return .notStarted
        case .ready: return .resumed
        case .running:
            invocations[id]?.pauseRequested = false
            headChanged(id)
            return .resumed
        case .backingOff: break
        case .suspended, .paused:
            guard let pinned = invocations[id]?.pinned, let deployment else { break }
            switch choose(deployment, pinned, for: facts.target.service) {
            case .success(let chosen): invocations[id]?.pinned = chosen
            case .failure(let refusal): return .badDeployment(refusal.reason)
            }
        }
        restart(id, at: now)
        return .resumed
    }

    private struct Refusal: Error { var reason: String }

    /// Another deployment must still speak the version that the journal is written in.
    private func choose(
        _ choice: DeploymentChoice, _ pinned: (deployment: String, version: ProtocolVersion)?,
        for service: String
    ) -> Result<(deployment: String, version: ProtocolVersion)?, Refusal> {
        let name: String?
        switch choice {
        case .keep: return .success(pinned)
        case .latest: name = registry.services[service]?.deploymentID
        case .id(let id): name = id
        }
        guard let name, let deployment = registry.deployments[name],
            deployment.services[service] != nil
        else {
            return .failure(Refusal(reason: "no deployment '\(name ?? "")' serves '\(service)'"))
        }
        guard let pinned else { return .success(nil) }
        let versions = deployment.minVersion...max(deployment.minVersion, deployment.maxVersion)
        guard versions.contains(pinned.version.rawValue) else {
            return .failure(
                Refusal(
                    reason: "the deployment '\(name)' does not speak version "
                        + "\(pinned.version.rawValue) of the protocol"))
        }
        return .success((name, pinned.version))
    }

    // MARK: once more

    /// Starts a new invocation with the input, and the first commands, of one that has ended.
    ///
    /// - Parameter from: the index of the last command that is taken over; 0 is the input.
    package mutating func restartAsNew(
        _ id: InvocationID, from: Int = 0, deployment: DeploymentChoice? = nil,
        at now: Timestamp
    ) -> RestartOutcome {
        guard let record = finished[id] else {
            return !invocations.contains(id) ? .unknown : .running
        }
        guard record.serviceKind != .workflow else { return .workflow }
        guard let entries = journals[id]?.entries else { return .journalGone }
        guard let kept = prefix(of: entries, upTo: from) else { return .badIndex }
        var new: NewInvocation
        do {
            let target = record.target
            new = try self.target(target.service, target.key, target.handler)
        } catch {
            return .badDeployment("'\(record.target)' is not registered any more")
        }
        new.identify(nil, at: now, &random)
        new.caller = .restartAsNew(id)
        // Commands that are taken over belong to the program that issued them.
        switch choose(
            deployment ?? (from == 0 ? .latest : .keep), from == 0 ? nil : record.pinned,
            for: record.target.service)
        {
        case .success(let pinned): new.pinned = pinned
        case .failure(let refusal): return .badDeployment(refusal.reason)
        }
        begin(new, journal: kept, startAt: nil, at: now)
        return .started(new.id)
    }

    /// The commands up to an index, with the completions that answer them. Nil if there are fewer.
    private func prefix(of entries: [JournalEntry], upTo index: Int) -> [JournalEntry]? {
        var kept: [JournalEntry] = []
        var answered: Set<UInt32> = []
        var commands = -1
        for entry in entries {
            if entry.isCommand {
                commands += 1
                guard commands <= index else { continue }
                if entry.type == .outputCommand { return nil }
                answered.formUnion(completions(of: entry))
                kept.append(entry)
            } else if let notification = try? NotificationMessage(decoding: entry.payload),
                case .completion(let id)? = notification.id, answered.contains(id)
            {
                kept.append(entry)
            }
        }
        return index >= 0 && commands >= index ? kept : nil
    }

    /// The ids by which a command is answered: the same field in all commands, and one for ids.
    private func completions(of entry: JournalEntry) -> [UInt32] {
        guard let ids = try? CompletionIDs(decoding: entry.payload) else { return [] }
        return ids.ids
    }
}

/// Fields 10 and 11 of any command.
private struct CompletionIDs: FieldCoded {
    var ids: [UInt32] = []

    mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 10, 11: ids.append(try fields.uint32(field))
        default: try fields.skip(field)
        }
    }

    func encode(into fields: inout FieldWriter) {}
}
