import Primitives
import RestateProtocol

/// An invocation that has not ended, as `InvocationTable` hands it out.
///
/// The table keeps the four parts apart, because each is changed and stored in another way: the
/// head never changes, progress and journal are stored, and the links follow from journals or are
/// lost with the process.
struct OpenInvocation: Sendable {
    /// The head can be held while the invocation changes. Holding the whole value instead would
    /// share its journal's array, which the next entry would then have to copy.
    let head: Shared<InvocationHead>
    var progress: InvocationProgress
    var journal: OpenJournal
    var links = InvocationLinks()

    var id: InvocationIdentity { head.value.id }
    var serial: UInt64 { head.value.serial }
    var phase: Phase { progress.phase }
    var attempt: AttemptID? { progress.phase.attempt }
    var isInvoked: Bool { progress.phase.isInvoked }

    /// Whether the invocation is suspended and has what it waits for.
    var canGoOn: Bool {
        if case .suspended(let tree) = progress.phase {
            tree.isDecided(by: journal.results)
        } else {
            false
        }
    }

    /// Adds an entry of an existing journal, and derives what follows from it.
    mutating func replay(_ entry: JournalEntry) throws(WireError) {
        progress.modifiedAt = max(progress.modifiedAt, entry.appendedAt)
        if let child = try journal.replay(entry) { links.children.append(child) }
    }
}

extension OpenInvocation {
    init(_ head: InvocationHead, _ progress: InvocationProgress) {
        self.init(
            head: Shared(head), progress: progress,
            journal: OpenJournal(lastEntryAt: head.createdAt))
    }
}

/// How far an open invocation has come. It is stored whenever it changes.
struct InvocationProgress: Sendable {
    var phase = Phase.ready
    var milestones = InvocationMilestones()
    var modifiedAt: Timestamp
    var attempts = AttemptHistory()
    var events: [JournalEvent] = []

    init(modifiedAt: Timestamp) { self.modifiedAt = modifiedAt }

    mutating func began(_ attempt: AttemptID, on deployment: String, at now: Timestamp) {
        phase = .running(attempt, pauseRequested: false)
        // Only the first attempt changes what the tables show as modification.
        if milestones.runningAt == nil {
            milestones.runningAt = now
            modifiedAt = now
        }
        attempts.lastStartAt = now
        attempts.lastDeployment = deployment
        attempts.started += 1
    }

    /// Enters a phase between attempts, and resets the count of failures.
    mutating func park(_ phase: Phase, at now: Timestamp) {
        self.phase = phase
        modifiedAt = now
        attempts.failures = 0
        // The tables still show when a paused invocation would have been retried.
        if case .paused = phase { return }
        attempts.nextRetryAt = nil
    }
}

/// What is known about an invocation's attempts so far.
package struct AttemptHistory: Equatable, Sendable {
    package var started = 0
    /// Failed attempts since the last suspension or pause. The retry policy counts them.
    var failures = 0
    /// Failed attempts since the last command was stored. `Start` tells the handler.
    var retriesSinceEntry: UInt32 = 0
    package var lastStartAt: Timestamp?
    package var nextRetryAt: Timestamp?
    package var lastDeployment: String?
    package var lastServer: String?
    package var lastFailure: EndpointFailure?
}

/// What connects an open invocation to others and to the clock.
///
/// It is not stored. Recovery derives it from the journals, except for the waiters, whose
/// connections are gone with the process.
struct InvocationLinks: Sendable {
    /// Who gets the invocation's result.
    enum Listener: Equatable, Sendable {
        case waiter(WaiterID)
        /// A command of another invocation, by its completion id and the type of the notification
        /// that answers it.
        case command(InvocationHead.Asker, UInt32, MessageType)
    }

    /// All invocations that this one has called or sent. A kill ends them too.
    var children: [InvocationIdentity] = []
    var listeners: [Listener] = []
    var sleeps: [UInt32: IndexedHeap<Deadline>.Token] = [:]
}

/// What is decided about an invocation before it is in the table.
struct NewInvocation {
    var head: InvocationHead
    var pinned: PinnedDeployment?
}
