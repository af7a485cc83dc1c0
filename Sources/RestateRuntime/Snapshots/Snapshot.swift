import Primitives
package import RestateProtocol

/// The state of an invocation at one moment, for the SQL tables and tests.
package struct InvocationSnapshot: Sendable {
    package enum Status: String, Sendable {
        case pending, scheduled, ready, running
        case backingOff = "backing-off"
        case suspended, paused, completed

        /// The status in the table `sys_invocation_status`, which a server fills from its storage.
        /// Attempts are not stored, so it does not tell their states apart.
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

    /// The id by which the invocation was asked for.
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
}

/// A promise as the tables show it.
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

/// Read-only views for tables and tests. The rules of the runtime do not use them.
extension LocalRuntime {
    package var invocationCount: Int { invocations.count }
    package var finishedCount: Int { results.count }
    package var openAttempts: Int { attempts.count }

    /// The snapshots of all invocations, in no order. It takes time in proportion to their number.
    package func snapshots() -> [InvocationSnapshot] {
        invocations.values.map(snapshot(of:))
            + finishedInvocations().map { InvocationSnapshot($0.id, $0) }
    }

    /// All finished invocations that can be read.
    func finishedInvocations() -> [FinishedInvocation] {
        let kept = results.kept.map(\.1)
        guard let archive = results.archive else { return kept }
        let serials = Set(kept.map(\.serial))
        var all = kept
        var last: UInt64 = 0
        while let page = try? archive.finished(after: last), let end = page.last {
            // A removed one is in the archive until that is stored.
            all += page.filter {
                !serials.contains($0.serial) && results.serial(of: $0.id) == $0.serial
            }
            last = end.serial
        }
        return all
    }

    /// Returns snapshots of open invocations from a place on, until the time of one slice is over,
    /// and the place where the next slice begins. That is nil after the last one.
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

    package func snapshot(_ id: InvocationIdentity) -> InvocationSnapshot? {
        invocations[id].map(snapshot(of:))
            ?? (try? results.find(id)).map { InvocationSnapshot(id, $0) }
    }

    /// Returns nil if there is no such invocation, and no entries if its journal is not kept.
    package func journal(of id: InvocationIdentity) -> [JournalEntry]? {
        if let invocation = invocations[id] {
            return invocation.isInvoked ? invocation.journal.entries : []
        }
        guard results.contains(id) else { return nil }
        return (try? results.journal(of: id))?.entries ?? []
    }

    package func inboxes() -> [InboxEntry] { locks.keys.flatMap(inbox) }

    package func inbox(of owner: StateOwner) -> [InboxEntry] {
        locks.waiting(for: owner).compactMap { waiting in
            guard case .invocation(let id) = waiting,
                case .inboxed(let sequence) = invocations[id]?.phase
            else { return nil }
            return InboxEntry(owner: owner, id: id, sequence: sequence)
        }
    }

    /// The keys that are held, each with its holder.
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

/// The time that one read of the runtime may take. Calls through the ingress wait meanwhile.
package enum RuntimeSlice {
    package static var deadline: ContinuousClock.Instant { .now + .milliseconds(4) }

    /// Whether the slice is over. The clock is read only for every 16th element, because reading it
    /// costs more than an element.
    package static func isOver(_ deadline: ContinuousClock.Instant, after count: Int) -> Bool {
        count % 16 == 0 && ContinuousClock.now >= deadline
    }
}

extension LocalRuntime {
    func snapshot(of invocation: OpenInvocation) -> InvocationSnapshot {
        var snapshot = InvocationSnapshot(invocation)
        if let attempt = invocation.attempt { snapshot.awaitingOn = attempts[attempt]?.awaitingOn }
        return snapshot
    }
}

extension InvocationSnapshot {
    /// Whether a server's invoker would know this invocation's attempts. It forgets those of
    /// suspended invocations.
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
        journalSize = record.contents.size
        journalCommandsSize = Int(record.contents.commandCount)
        modifiedAt = record.completedAt
        completedAt = record.completedAt
        result = record.result
    }
}
