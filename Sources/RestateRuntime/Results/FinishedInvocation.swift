import Primitives
import RestateProtocol

/// What is kept of an invocation that has ended. An object, so that a table of many is small and
/// grows quickly; its journal is kept elsewhere, and not as long.
package final class FinishedInvocation: Sendable {
    let head: Shared<InvocationHead>
    let milestones: InvocationMilestones
    let result: ValueOrFailure
    let completedAt: Timestamp
    let expires: Timestamp
    let expiry: IndexedHeap<Deadline>.Token
    let journalSize: Int
    let commandCount: UInt32
    let events: [JournalEvent]

    var serial: UInt64 { head.value.serial }

    init(
        _ invocation: OpenInvocation, _ result: ValueOrFailure, at now: Timestamp,
        expires: Timestamp, _ expiry: IndexedHeap<Deadline>.Token
    ) {
        head = invocation.head
        milestones = invocation.progress.milestones
        self.result = result
        completedAt = now
        self.expires = expires
        self.expiry = expiry
        journalSize = invocation.journal.count
        commandCount = invocation.journal.commandCount
        events = invocation.progress.events
    }

    /// As it was stored.
    init(
        _ record: InvocationRecord, _ ending: EndingRecord,
        _ expiry: IndexedHeap<Deadline>.Token
    ) {
        head = Shared(record.head)
        milestones = record.milestones
        result = ending.result.value.copied
        completedAt = ending.completedAt
        expires = ending.expires
        self.expiry = expiry
        journalSize = Int(clamping: ending.journalSize)
        commandCount = ending.commandCount
        events = ending.events.map(\.event)
    }

    /// - Parameter id: the one by which it was asked for.
    func outcome(of id: InvocationIdentity) -> InvocationOutcome {
        InvocationOutcome(id: id, target: head.target, result: result, expires: expires)
    }
}
