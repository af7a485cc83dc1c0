import Primitives
import RestateProtocol

/// An invocation that has not ended.
///
/// In the table each part has its own place and its own way to be changed: the progress and the journal
/// are stored, and the links follow from journals or are lost with the process.
struct OpenInvocation: Sendable {
    /// To hold on to while the invocation changes: a copy of the whole invocation would make its
    /// journal a shared one, which the next entry then copies.
    let head: Shared<InvocationHead>
    var progress: InvocationProgress
    var journal: OpenJournal
    var links = InvocationLinks()

    var id: InvocationIdentity { head.value.id }
    var serial: UInt64 { head.value.serial }
    var phase: Phase { progress.phase }
    var attempt: AttemptID? { progress.phase.attempt }
    var isInvoked: Bool { progress.phase.isInvoked }

    /// It is suspended, and what it waits for has come.
    var canGoOn: Bool {
        if case .suspended(let tree) = progress.phase {
            tree.isDecided(by: journal.results)
        } else {
            false
        }
    }

    /// The next entry of a journal that is there already, and all that follows from it.
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
        // Another attempt changes nothing that is kept.
        if milestones.runningAt == nil {
            milestones.runningAt = now
            modifiedAt = now
        }
        attempts.lastStartAt = now
        attempts.lastDeployment = deployment
        attempts.started += 1
    }

    /// Between attempts, with nothing held against it.
    mutating func park(_ phase: Phase, at now: Timestamp) {
        self.phase = phase
        modifiedAt = now
        attempts.failures = 0
        // When a paused one would have gone on is still told.
        if case .paused = phase { return }
        attempts.nextRetryAt = nil
    }
}

/// What is known of an invocation's attempts.
package struct AttemptHistory: Equatable, Sendable {
    package var started = 0
    /// Since the last rest; what the retry policy counts.
    var failures = 0
    var retriesSinceEntry: UInt32 = 0
    package var lastStartAt: Timestamp?
    package var nextRetryAt: Timestamp?
    package var lastDeployment: String?
    package var lastServer: String?
    package var lastFailure: EndpointFailure?
}

/// What ties an open invocation to others and to the clock. It is not stored: recovery derives it from
/// the journals, but for those outside who wait, and they are gone with the process.
struct InvocationLinks: Sendable {
    /// Somebody who gets the result.
    enum Listener: Equatable, Sendable {
        case waiter(WaiterID)
        /// A command of another invocation, with the kind of notification that answers it.
        case command(InvocationHead.Asker, UInt32, MessageType)
    }

    /// Everything that its calls and sends started, for a kill.
    var children: [InvocationIdentity] = []
    var listeners: [Listener] = []
    var sleeps: [UInt32: IndexedHeap<Deadline>.Token] = [:]
}

/// What is decided about an invocation before it begins.
struct NewInvocation {
    var head: InvocationHead
    var pinned: PinnedDeployment?
}
