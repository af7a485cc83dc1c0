import Primitives
package import RestateProtocol

/// An invocation as tables show it.
package struct InvocationSnapshot: Sendable {
    package enum Status: String, Sendable {
        case pending, scheduled, ready, running
        case backingOff = "backing-off"
        case suspended, paused, completed

        /// As the raw table of statuses has it, which knows nothing of attempts.
        package var raw: String {
            switch self {
            case .pending: "inboxed"
            case .scheduled: "scheduled"
            case .ready, .running, .backingOff: "invoked"
            case .suspended: "suspended"
            case .paused: "paused"
            case .completed: "completed"
            }
        }
    }

    /// The one by which it was asked for.
    package var id: InvocationIdentity
    package var head: Shared<InvocationHead>
    package var status: Status
    package var milestones: InvocationMilestones
    package var journalSize = 0
    package var journalCommandsSize = 0
    package var modifiedAt: Timestamp
    package var completedAt: Timestamp?
    package var suspendedOn: FutureTree?
    package var awaitingOn: FutureTree?
    package var attempts = AttemptHistory()
    package var isInFlight = false
    package var result: ValueOrFailure?
}

package struct InboxEntry: Sendable {
    package var owner: StateOwner
    package var id: InvocationIdentity
    package var sequence: UInt64
    package var createdAt: Timestamp
}

package struct PromiseRow: Sendable {
    package var owner: StateOwner
    package var name: String
    /// Nil while it is only waited for.
    package var result: ValueOrFailure?
}

package struct StateRow: Sendable {
    package var owner: StateOwner
    package var key: Bytes
    package var value: Bytes
}

/// Looking inside, for tables and tests. Nothing that the runtime does needs it.
extension LocalRuntime {
    package var invocationCount: Int { invocations.count }
    package var finishedCount: Int { results.count }
    package var openAttempts: Int { attempts.count }

    /// All of them, in no order. Not quick with many of them.
    package func snapshots() -> [InvocationSnapshot] {
        invocations.values.map(snapshot(of:)) + results.all.map(InvocationSnapshot.init)
    }

    /// Those that have not ended, from a place on, until some milliseconds have passed; and the place
    /// where the next slice begins, nil after the last one.
    package func openSnapshots(from place: Int) -> (snapshots: [InvocationSnapshot], next: Int?) {
        let stop = RuntimeSlice.deadline
        var snapshots: [InvocationSnapshot] = []
        var place = place
        while place < invocations.endPlace {
            if let invocation = invocations[place: place] {
                snapshots.append(snapshot(of: invocation))
            }
            place += 1
            if RuntimeSlice.isOver(stop, after: place) { return (snapshots, place) }
        }
        return (snapshots, nil)
    }

    /// Objects, which are only counted here; their snapshots are made elsewhere.
    package func finishedRecords() -> [(InvocationIdentity, FinishedInvocation)] {
        results.all
    }

    package func knownIDs() -> [InvocationIdentity] { invocations.ids + results.ids }

    package func snapshot(_ id: InvocationIdentity) -> InvocationSnapshot? {
        invocations[id].map(snapshot(of:)) ?? results[id].map { InvocationSnapshot(id, $0) }
    }

    /// Nil if there is no such invocation; empty if its journal is not kept.
    package func journal(of id: InvocationIdentity) -> [JournalEntry]? {
        if let invocation = invocations[id] {
            return invocation.isInvoked ? invocation.journal.entries : []
        }
        return results[id].map { _ in results.journal(of: id)?.entries ?? [] }
    }

    /// As it is kept: open, or in one piece. The input is there before the invocation begins.
    package func keptJournal(of id: InvocationIdentity) -> KeptJournal? {
        if invocations.contains(id) { return .open(invocations[id]?.journal.entries ?? []) }
        return results.journal(of: id).map(KeptJournal.archived)
    }

    package func inboxes() -> [InboxEntry] { locks.keys.flatMap(inbox) }

    package func inbox(of owner: StateOwner) -> [InboxEntry] {
        locks.waiting(for: owner).compactMap { waiting in
            guard case .invocation(let id) = waiting,
                case .inboxed(let sequence) = invocations[id]?.phase
            else { return nil }
            return InboxEntry(
                owner: owner, id: id, sequence: sequence,
                createdAt: invocations[id]?.head.createdAt ?? 0)
        }
    }

    /// Which invocation has which key.
    package func lockHolders() -> [(owner: StateOwner, holder: InvocationIdentity)] {
        locks.keys.flatMap(lockHolders)
    }

    package func lockHolders(of owner: StateOwner) -> [(
        owner: StateOwner, holder: InvocationIdentity
    )] {
        locks.holder(of: owner).map { [(owner, $0)] } ?? []
    }

    package func stateRows() -> [StateRow] { states.keys.flatMap(stateRows) }

    package func stateRows(of owner: StateOwner) -> [StateRow] {
        state(of: owner).map { StateRow(owner: owner, key: $0.key, value: $0.value) }
    }

    package func state(of owner: StateOwner) -> [(key: Bytes, value: Bytes)] {
        states[owner]?.entries.map { ($0.key, $0.value) } ?? []
    }

    package func promiseRows() -> [PromiseRow] { promises.keys.flatMap(promiseRows) }

    package func promiseRows(of owner: StateOwner) -> [PromiseRow] {
        promises.names(of: owner).map {
            PromiseRow(owner: owner, name: $0.text, result: promises.result($0, of: owner))
        }
    }
}

/// A journal as the runtime has it.
package enum KeptJournal: Sendable {
    case open([JournalEntry])
    case archived(ArchivedJournal)

    package var entries: [JournalEntry] {
        switch self {
        case .open(let entries): entries
        case .archived(let journal): journal.entries
        }
    }
}

/// How long one look into the runtime may take: the ingress waits meanwhile.
package enum RuntimeSlice {
    package static var deadline: ContinuousClock.Instant { .now + .milliseconds(4) }

    /// The clock is read now and then only.
    package static func isOver(_ deadline: ContinuousClock.Instant, after count: Int) -> Bool {
        count % 16 == 0 && ContinuousClock.now >= deadline
    }
}

extension LocalRuntime {
    private func snapshot(of invocation: OpenInvocation) -> InvocationSnapshot {
        var snapshot = InvocationSnapshot(invocation)
        if let attempt = invocation.attempt { snapshot.awaitingOn = attempts[attempt]?.awaitingOn }
        return snapshot
    }
}

extension InvocationSnapshot {
    /// A server's invoker knows of its attempts; of suspended ones it has forgotten them.
    package var isHeldByInvoker: Bool {
        switch status {
        case .running, .backingOff, .paused: attempts.started > 0
        case .ready, .pending, .scheduled, .suspended, .completed: false
        }
    }

    fileprivate init(_ invocation: OpenInvocation) {
        id = invocation.id
        head = invocation.head
        switch invocation.phase {
        case .scheduled: status = .scheduled
        case .inboxed: status = .pending
        case .ready: status = .ready
        case .running(let attempt, _):
            status = .running
            isInFlight = attempt != nil
        case .backingOff: status = .backingOff
        case .suspended(let tree):
            status = .suspended
            suspendedOn = tree
        case .paused: status = .paused
        }
        milestones = invocation.progress.milestones
        if invocation.isInvoked {
            journalSize = invocation.journal.count
            journalCommandsSize = Int(invocation.journal.commandCount)
        }
        modifiedAt = invocation.progress.modifiedAt
        attempts = invocation.progress.attempts
    }

    package init(_ id: InvocationIdentity, _ record: FinishedInvocation) {
        self.id = id
        head = record.head
        status = .completed
        milestones = record.milestones
        journalSize = record.journalSize
        journalCommandsSize = Int(record.commandCount)
        modifiedAt = record.completedAt
        completedAt = record.completedAt
        result = record.result
    }
}
