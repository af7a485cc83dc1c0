import Primitives
import RestateProtocol

/// What is kept of an invocation that has ended, without its journal, which may be dropped earlier.
///
/// It is a class so that a table of hundreds of thousands holds one pointer each and grows quickly.
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

    /// Restores a finished invocation from its records.
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

    /// The answer for somebody who asks after the end.
    ///
    /// - Parameter id: the id by which it was asked for. Its partition key can differ from the
    ///   stored one.
    func outcome(of id: InvocationIdentity) -> InvocationOutcome {
        InvocationOutcome(id: id, target: head.target, result: result, expires: expires)
    }
}
