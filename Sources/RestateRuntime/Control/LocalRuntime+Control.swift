import Primitives
import RestateProtocol

/// The deployment on which an invocation continues.
package enum DeploymentChoice: Equatable, Sendable {
    case keep
    case latest
    case id(String)
}

package enum CancelOutcome: Sendable { case ended, signalled, unknown, completed }
package enum KillOutcome: Sendable { case killed, unknown, completed }
package enum PurgeOutcome: Equatable, Sendable {
    case purged, unknown, notCompleted
    case unreadable(ArchiveFailure)
}
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
    /// The invocation is a workflow, which runs once, or part of its journal was asked for and the
    /// protocol version is below 6, which cannot continue a part.
    case unsupported
    /// A command in the part that would be taken over has no answer, or the journal is shorter than
    /// that part.
    case prefixIsOpen
    case badDeployment(DeploymentRefusal)
    case unreadable(ArchiveFailure)
}

/// Why an invocation cannot continue on the chosen deployment.
package enum DeploymentRefusal: Error, Equatable, Sendable {
    /// The invocation has an attempt, or is not pinned to a deployment yet.
    case cannotChange
    /// The deployment is not registered, or does not serve the service.
    case unknown
    /// The deployment does not support the protocol version in which the journal is written.
    case incompatible(pinned: Int, deployment: String, versions: ClosedRange<Int>)
}

/// What the admin API does to invocations: cancel, kill, purge, pause, resume, restart.
extension LocalRuntime {
    /// Cancels an invocation. One that has not begun ends at once; any other gets the cancel
    /// signal, and its handler decides how to end.
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

    /// Ends an invocation and all that it called or sent, without telling the handlers.
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

    /// Removes a finished invocation before its retention is over.
    package mutating func purge(_ id: InvocationIdentity, at now: Timestamp) -> PurgeOutcome {
        guard results.contains(id) else {
            return !invocations.contains(id) ? .unknown : .notCompleted
        }
        do throws(ArchiveFailure) {
            try expire(id)
        } catch {
            return .unreadable(error)
        }
        return .purged
    }

    /// Removes the journal of a finished invocation, and keeps its result.
    package mutating func purgeJournal(_ id: InvocationIdentity, at now: Timestamp) -> PurgeOutcome
    {
        guard results.contains(id) else {
            return !invocations.contains(id) ? .unknown : .notCompleted
        }
        results.dropJournal(of: id)
        return .purged
    }

    // MARK: Pause and resume

    /// Pauses an invocation. One with an attempt is paused when that ends; its input is ended now,
    /// so that it suspends soon. A suspended invocation does nothing anyway, and counts as paused.
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

    /// Continues a paused or suspended invocation with a new attempt, with the retry policy
    /// counting from zero. One that backs off gets its attempt now, and a pause that was only
    /// requested is withdrawn.
    ///
    /// - Parameter deployment: another deployment can be chosen only while there is no attempt.
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

    /// Returns the deployment to pin, which must support the version that the journal is written
    /// in. An invocation that was never pinned stays so, because its next attempt takes the latest
    /// deployment anyway.
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

    // MARK: Once more

    /// Starts a new invocation with the first entries of the journal of a finished one.
    ///
    /// - Parameter from: the index of the last entry that is taken over; 0 is the input.
    package mutating func restartAsNew(
        _ id: InvocationIdentity, from: Int = 0, deployment: DeploymentChoice = .latest,
        at now: Timestamp
    ) -> RestartOutcome {
        let (found, journal): (FinishedInvocation?, ArchivedJournal?)
        do throws(ArchiveFailure) {
            (found, journal) = (try results.find(id), try results.journal(of: id))
        } catch {
            return .unreadable(error)
        }
        guard let record = found else {
            guard let isInvoked = invocations[id]?.isInvoked else { return .unknown }
            return isInvoked ? .running : .notStarted
        }
        guard let entries = journal?.entries, !entries.isEmpty else { return .journalGone }
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
        // The handler must take the same random decisions in the part that it replays.
        if from > 0 { new.head.seed = old.randomSeed }
        begin(new, journal: kept, startAt: nil, at: now)
        return .started(new.head.id)
    }

    /// Returns the entries up to an index without the output, followed by the later answers to
    /// commands among them. Returns nil if a command has no answer, or the journal is shorter.
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

    /// Returns the completion id of an entry that is the answer to a command.
    private static func answer(_ entry: JournalEntry) -> UInt32? {
        guard !entry.isCommand,
            let notification = try? NotificationMessage(decoding: entry.payload),
            case .completion(let id)? = notification.id
        else { return nil }
        return id
    }

    /// Returns the completion ids that a command expects to be answered.
    private static func completions(of entry: JournalEntry) -> [UInt32] {
        guard let ids = try? CompletionIDs(decoding: entry.payload) else { return [] }
        return ids.ids
    }
}

/// Reads the completion ids of any command without knowing which: the protocol uses field 11 for
/// the result and field 10 for the callee's id in all of them.
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
