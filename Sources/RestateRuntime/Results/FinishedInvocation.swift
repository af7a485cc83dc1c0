import Primitives
import RestateProtocol

/// What is kept of an invocation that has ended. An object, so that a table of many is small and
/// grows quickly; its journal is kept elsewhere, and not as long.
package final class FinishedInvocation: Sendable {
    let serial: UInt64
    let target: TargetName
    let serviceKind: ServiceKind
    let handlerKind: HandlerRecord.Kind
    let result: ValueOrFailure
    let completedAt: Timestamp
    let expires: Timestamp
    let expiry: IndexedHeap<Deadline>.Token
    let caller: Caller
    let idempotencyKey: String?
    let createdAt: Timestamp
    let runningAt: Timestamp?
    let inboxedAt: Timestamp?
    let scheduledAt: Timestamp?
    let scheduledFor: Timestamp?
    let completionRetention: Milliseconds
    let journalRetention: Milliseconds
    let randomSeed: UInt64
    let pinned: (deployment: String, version: ProtocolVersion)?
    let journalSize: Int
    let commandCount: UInt32
    let events: [JournalEvent]

    init(
        _ invocation: OpenInvocation, _ result: ValueOrFailure, at now: Timestamp,
        expires: Timestamp, _ expiry: IndexedHeap<Deadline>.Token
    ) {
        serial = invocation.serial
        target = invocation.target
        serviceKind = invocation.serviceKind
        handlerKind = invocation.handlerKind
        self.result = result
        completedAt = now
        self.expires = expires
        self.expiry = expiry
        caller = invocation.caller
        idempotencyKey = invocation.idempotencyKey
        createdAt = invocation.createdAt
        runningAt = invocation.runningAt
        inboxedAt = invocation.inboxedAt
        scheduledAt = invocation.scheduledAt
        scheduledFor = invocation.scheduledFor
        completionRetention = invocation.completionRetention
        journalRetention = invocation.journalRetention
        randomSeed = invocation.randomSeed
        pinned = invocation.pinned
        journalSize = invocation.journal.count
        commandCount = invocation.commandCount
        events = invocation.events
    }

    /// As it was stored.
    init(
        _ record: InvocationRecord, _ ending: EndingRecord, serial: UInt64,
        _ expiry: IndexedHeap<Deadline>.Token
    ) {
        self.serial = serial
        target = record.target
        serviceKind = record.serviceKind
        handlerKind = record.handlerKind
        result = ending.result.value.copied
        completedAt = ending.completedAt
        expires = ending.expires
        self.expiry = expiry
        caller = record.caller
        idempotencyKey = record.idempotencyKey
        createdAt = record.createdAt
        runningAt = record.runningAt
        inboxedAt = record.inboxedAt
        scheduledAt = record.scheduledAt
        scheduledFor = record.scheduledFor
        completionRetention = record.completionRetention
        journalRetention = record.journalRetention
        randomSeed = record.randomSeed ?? record.id.randomSeed
        pinned = record.pinned
        journalSize = Int(clamping: ending.journalSize)
        commandCount = ending.commandCount
        events = ending.events.map(\.event)
    }
}
