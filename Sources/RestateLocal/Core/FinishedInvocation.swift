import RestateProtocol

/// What is kept of an invocation that has ended. An object, so that a table of many is small and
/// grows quickly; its journal is kept elsewhere, and not as long.
final class FinishedInvocation: Sendable {
    let target: TargetName
    let serviceKind: ServiceKind
    let handlerKind: HandlerRecord.Kind
    let result: ValueOrFailure
    let completedAt: Timestamp
    let expires: Timestamp
    let expiry: DeadlineHeap<Deadline>.Token
    let caller: Caller
    let idempotencyKey: String?
    let createdAt: Timestamp
    let runningAt: Timestamp?
    let inboxedAt: Timestamp?
    let scheduledAt: Timestamp?
    let scheduledFor: Timestamp?
    let completionRetention: Milliseconds
    let journalRetention: Milliseconds
    let pinned: (deployment: String, version: ProtocolVersion)?
    let journalSize: Int
    let commandCount: UInt32

    init(
        _ invocation: Invocation, _ result: ValueOrFailure, at now: Timestamp,
        expires: Timestamp, _ expiry: DeadlineHeap<Deadline>.Token
    ) {
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
        pinned = invocation.pinned
        journalSize = invocation.journal.count
        commandCount = invocation.commandCount
    }
}

/// A journal in one piece: each entry's time and header, then its payload.
struct ArchivedJournal: Sendable {
    private(set) var bytes: [UInt8] = []

    init(_ entries: [JournalEntry]) {
        bytes.reserveCapacity(entries.reduce(0) { $0 + 14 + $1.payload.count })
        for entry in entries {
            withUnsafeBytes(of: entry.appendedAt) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: entry.code) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: UInt32(entry.payload.count)) { bytes.append(contentsOf: $0) }
            bytes += entry.payload
        }
    }

    var entries: [JournalEntry] {
        var entries: [JournalEntry] = []
        var offset = 0
        while offset < bytes.count {
            let (time, code, count) = bytes.withUnsafeBytes { raw in
                (
                    raw.loadUnaligned(fromByteOffset: offset, as: Timestamp.self),
                    raw.loadUnaligned(fromByteOffset: offset + 8, as: UInt16.self),
                    Int(raw.loadUnaligned(fromByteOffset: offset + 10, as: UInt32.self))
                )
            }
            let start = offset + 14
            entries.append(
                JournalEntry(
                    code: code, payload: bytes[start..<(start + count)], appendedAt: time))
            offset = start + count
        }
        return entries
    }
}
