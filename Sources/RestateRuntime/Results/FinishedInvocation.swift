import Primitives
import RestateProtocol

/// What is kept of an invocation that has ended, without its journal, which may go earlier.
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
    /// What the journal has; nothing when it is not kept any more.
    package let contents: JournalContents

    /// How much is in a journal, and what happened along its way.
    package struct JournalContents: Sendable {
        package var size = 0
        package var commandCount: UInt32 = 0
        package var events: [JournalEvent] = []
    }

    package var id: InvocationIdentity { head.value.id }
    package var serial: UInt64 { head.value.serial }

    init(
        _ invocation: OpenInvocation, _ result: ValueOrFailure, at now: Timestamp,
        expires: Timestamp, _ expiry: IndexedHeap<Deadline>.Token?, keepsJournal: Bool
    ) {
        head = invocation.head
        milestones = invocation.progress.milestones
        self.result = result
        completedAt = now
        self.expires = expires
        self.expiry = expiry
        contents =
            !keepsJournal
            ? JournalContents()
            : JournalContents(
                size: invocation.journal.count, commandCount: invocation.journal.commandCount,
                events: invocation.progress.events)
    }

    /// Restores a finished invocation from its records. They still have the contents of a journal
    /// that has gone since.
    init(_ record: InvocationRecord, _ ending: EndingRecord, isJournalKept: Bool) {
        head = Shared(record.head)
        milestones = record.milestones
        result = ending.result.value.copied
        completedAt = ending.completedAt
        expires = ending.expires
        expiry = nil
        contents =
            !isJournalKept
            ? JournalContents()
            : JournalContents(
                size: Int(clamping: ending.journalSize), commandCount: ending.commandCount,
                events: ending.events.map(\.event))
    }

    private init(withoutJournal other: FinishedInvocation) {
        head = other.head
        milestones = other.milestones
        result = other.result
        completedAt = other.completedAt
        expires = other.expires
        expiry = other.expiry
        contents = JournalContents()
    }

    /// The same after its journal has gone.
    var withoutJournal: FinishedInvocation { FinishedInvocation(withoutJournal: self) }

    /// When the journal goes; nil if it stays as long as the result does.
    var journalExpires: Timestamp? {
        let end = completedAt.later(by: head.journalRetention)
        return end < expires ? end : nil
    }

    /// About how many bytes it takes in memory.
    var memory: Int {
        let payload =
            switch result {
            case .value(let bytes): bytes.count
            case .failure(let failure): failure.message.utf8.count
            }
        return 1024 + payload + contents.events.reduce(0) { $0 + 64 + $1.json.utf8.count }
    }

    /// The answer for somebody who asks after the end.
    ///
    /// - Parameter id: the id by which it was asked for. Its partition key can differ from the
    ///   stored one.
    func outcome(of id: InvocationIdentity) -> InvocationOutcome {
        InvocationOutcome(id: id, target: head.target, result: result, expires: expires)
    }
}
