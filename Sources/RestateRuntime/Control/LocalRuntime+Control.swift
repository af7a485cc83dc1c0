import Primitives
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
    case badDeployment(DeploymentRefusal)
}
package enum RestartOutcome: Equatable, Sendable {
    case started(InvocationIdentity)
    case unknown, notStarted, running, journalGone
    /// A workflow runs once; and of an older protocol no part of a journal can be taken over.
    case unsupported
    /// Of the commands that would be taken over one has no answer, or there are not so many entries.
    case prefixIsOpen
    case badDeployment(DeploymentRefusal)
}

/// Why an invocation cannot go on on the deployment that was chosen.
package enum DeploymentRefusal: Error, Equatable, Sendable {
    /// It is being worked on, or has not got one yet.
    case cannotChange
    /// It is not there, or does not serve the service.
    case unknown
    /// It does not speak the version that the journal is written in.
    case incompatible(pinned: Int, deployment: String, versions: ClosedRange<Int>)
}

/// What people do to invocations from outside.
extension LocalRuntime {
    /// What waits for its turn ends at once; everybody else gets the signal, and answers it.
    package mutating func cancel(_ id: InvocationIdentity, at now: Timestamp) -> CancelOutcome {
        guard let isInvoked = invocations[id]?.isInvoked else {
            return !results.contains(id) ? .unknown : .completed
        }
        guard isInvoked else {
            complete(id, .failure(.cancelled), at: now)
            return .ended
        }
        notify(id, .signalNotification, .cancel, .void, at: now)
        return .signalled
    }

    /// Ends it and everything that it started, without asking.
    package mutating func kill(_ id: InvocationIdentity, at now: Timestamp) -> KillOutcome {
        guard invocations.contains(id) else {
            return !results.contains(id) ? .unknown : .completed
        }
        var doomed = [id]
        while let next = doomed.popLast() {
            doomed += invocations[next]?.links.children ?? []
            complete(next, .failure(.killed), abort: true, at: now)
        }
        return .killed
    }

    package mutating func purge(_ id: InvocationIdentity, at now: Timestamp) -> PurgeOutcome {
        guard let record = results[id] else {
            return !invocations.contains(id) ? .unknown : .notCompleted
        }
        deadlines.remove(record.expiry)
        expire(id)
        return .purged
    }

    package mutating func purgeJournal(_ id: InvocationIdentity, at now: Timestamp) -> PurgeOutcome
    {
        guard results.contains(id) else {
            return !invocations.contains(id) ? .unknown : .notCompleted
        }
        results.dropJournal(of: id)
        return .purged
    }

    // MARK: pause and resume

    package mutating func pause(_ id: InvocationIdentity, at now: Timestamp) -> PauseOutcome {
        guard let phase = invocations[id]?.phase else {
            return !results.contains(id) ? .unknown : .completed
        }
        switch phase {
        case .scheduled, .inboxed: return .notRunning
        case .suspended, .paused: return .alreadyPaused
        case .backingOff, .ready: pauseNow(id, at: now)
        case .running(let attempt, _):
            invocations.update(id) { $0.phase = .running(attempt, pauseRequested: true) }
            if let attempt { endInput(of: attempt, at: now) }
        }
        return .requested
    }

    /// A new attempt: at once where one waits, with a new count of failures.
    package mutating func resume(
        _ id: InvocationIdentity, deployment: DeploymentChoice = .keep, at now: Timestamp
    ) -> ResumeOutcome {
        guard let phase = invocations[id]?.phase else {
            return !results.contains(id) ? .unknown : .completed
        }
        switch phase {
        case .scheduled, .inboxed: return .notStarted
        case .ready, .running, .backingOff:
            if deployment != .keep { return .badDeployment(.cannotChange) }
        case .suspended, .paused:
            do throws(DeploymentRefusal) {
                try pin(id, to: deployment)
            } catch {
                return .badDeployment(error)
            }
        }
        switch phase {
        case .running(let attempt, _):
            invocations.update(id) { $0.phase = .running(attempt, pauseRequested: false) }
        case .backingOff, .suspended, .paused: restart(id, at: now)
        case .ready, .scheduled, .inboxed: break
        }
        return .resumed
    }

    private mutating func pin(
        _ id: InvocationIdentity, to choice: DeploymentChoice
    ) throws(DeploymentRefusal) {
        guard let service = invocations[id]?.head.target.service else { return }
        let pinned = invocations[id]?.progress.milestones.pinned
        if pinned == nil, case .id = choice { throw .cannotChange }
        let chosen = try choose(choice, pinned, for: service)
        invocations.update(id) { $0.milestones.pinned = chosen }
    }

    /// Another deployment must still speak the version that the journal is written in. Who has none
    /// yet gets the latest one anyway.
    private func choose(
        _ choice: DeploymentChoice, _ pinned: PinnedDeployment?, for service: String
    ) throws(DeploymentRefusal) -> PinnedDeployment? {
        let name: String?
        switch choice {
        case .keep: return pinned
        case .latest: name = registry.services[service]?.deploymentID
        case .id(let id): name = id
        }
        guard let name, let deployment = registry.deployments[name],
            deployment.services[service] != nil
        else { throw .unknown }
        guard let pinned else { return nil }
        let versions = deployment.minVersion...max(deployment.minVersion, deployment.maxVersion)
        guard versions.contains(pinned.version.rawValue) else {
            throw .incompatible(
                pinned: pinned.version.rawValue, deployment: name, versions: versions)
        }
        return PinnedDeployment(deployment: name, version: pinned.version)
    }

    // MARK: once more

    /// Starts a new invocation with the first entries of the journal of one that has ended.
    ///
    /// - Parameter from: the index of the last entry that is taken over; 0 is the input.
    package mutating func restartAsNew(
        _ id: InvocationIdentity, from: Int = 0, deployment: DeploymentChoice = .latest,
        at now: Timestamp
    ) -> RestartOutcome {
        guard let record = results[id] else {
            guard let isInvoked = invocations[id]?.isInvoked else { return .unknown }
            return isInvoked ? .running : .notStarted
        }
        guard let entries = results.journal(of: id)?.entries, !entries.isEmpty else {
            return .journalGone
        }
        let (old, pinned) = (record.head, record.milestones.pinned)
        guard old.serviceKind != .workflow else { return .unsupported }
        if from > 0, (pinned?.version ?? .v5) < .v6 { return .unsupported }
        var new = NewInvocation(
            head: InvocationHead(
                id: .sibling(of: id, at: now, &random), target: old.target,
                serviceKind: old.serviceKind, handlerKind: old.handlerKind,
                caller: .restartAsNew(id), completionRetention: old.completionRetention,
                journalRetention: old.journalRetention))
        do throws(DeploymentRefusal) {
            new.pinned = try choose(deployment, pinned, for: old.target.service)
        } catch {
            return .badDeployment(error)
        }
        guard let kept = Self.prefix(of: entries, upTo: from) else { return .prefixIsOpen }
        // What was decided by chance in the part that is taken over is decided in the same way.
        if from > 0 { new.head.givenSeed = old.randomSeed }
        begin(new, journal: kept, startAt: nil, at: now)
        return .started(new.head.id)
    }

    /// The entries up to an index, but for the output, and behind them the answers that came later
    /// to the commands among them. Nil if one has no answer, or if there are not so many entries.
    private static func prefix(
        of entries: [JournalEntry], upTo index: Int
    ) -> [JournalEntry]? {
        guard entries.indices.contains(index) else { return nil }
        let first = entries[...index].filter { $0.type != .outputCommand }
        var open: Set<UInt32> = []
        for entry in first where entry.isCommand { open.formUnion(completions(of: entry)) }
        for entry in first { answer(entry).map { _ = open.remove($0) } }
        var later: [JournalEntry] = []
        for entry in entries[(index + 1)...] {
            guard let id = answer(entry), open.remove(id) != nil else { continue }
            later.append(entry)
        }
        return open.isEmpty ? first + later : nil
    }

    /// Which command an entry answers, if it is an answer.
    private static func answer(_ entry: JournalEntry) -> UInt32? {
        guard !entry.isCommand,
            let notification = try? NotificationMessage(decoding: entry.payload),
            case .completion(let id)? = notification.id
        else { return nil }
        return id
    }

    /// The ids by which a command is answered: the same field in all commands, and one for ids.
    private static func completions(of entry: JournalEntry) -> [UInt32] {
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
