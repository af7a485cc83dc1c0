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
    /// The deadline that ends the retention; nil if the archive tells when it is over.
    let expiry: IndexedHeap<Deadline>.Token?
    let journalSize: Int
    let commandCount: UInt32
    /// They are shown as long as the journal is kept.
    package let events: [JournalEvent]

    package var id: InvocationIdentity { head.value.id }
    package var serial: UInt64 { head.value.serial }

    init(
        _ invocation: OpenInvocation, _ result: ValueOrFailure, at now: Timestamp,
        expires: Timestamp, _ expiry: IndexedHeap<Deadline>.Token?
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
    init(_ record: InvocationRecord, _ ending: EndingRecord) {
        head = Shared(record.head)
        milestones = record.milestones
        result = ending.result.value.copied
        completedAt = ending.completedAt
        expires = ending.expires
        expiry = nil
        journalSize = Int(clamping: ending.journalSize)
        commandCount = ending.commandCount
        events = ending.events.map(\.event)
    }

    /// About how many bytes it takes in memory.
    var memory: Int {
        let payload =
            switch result {
            case .value(let bytes): bytes.count
            case .failure(let failure): failure.message.utf8.count
            }
        return 1024 + payload + events.reduce(0) { $0 + 64 + $1.json.utf8.count }
    }

    /// The answer for somebody who asks after the end.
    ///
    /// - Parameter id: the id by which it was asked for. Its partition key can differ from the
    ///   stored one.
    func outcome(of id: InvocationIdentity) -> InvocationOutcome {
        InvocationOutcome(id: id, target: head.target, result: result, expires: expires)
    }
}
