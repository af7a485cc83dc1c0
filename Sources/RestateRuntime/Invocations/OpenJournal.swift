import RestateProtocol

/// The journal of an open invocation, and what follows from its entries alone.
struct OpenJournal: Sendable {
    private(set) var entries: [JournalEntry] = []
    private(set) var commandCount: UInt32 = 0
    /// Whether each notification was a failure. Of two with one id, which only a signal can have, the
    /// first decides when the invocation goes on; which one it is given is for its endpoint to say.
    private(set) var results: [NotificationID: Bool] = [:]
    private(set) var output: ValueOrFailure?
    /// Commands of closures that have no result yet: somebody is busy with them.
    private(set) var openRuns = 0
    /// The last command was appended.
    private(set) var lastEntryAt: Timestamp

    var count: Int { entries.count }

    init(lastEntryAt: Timestamp) { self.lastEntryAt = lastEntryAt }

    /// - Parameter output: the command's, if it is one.
    mutating func append(command entry: JournalEntry, output: ValueOrFailure?) {
        entries.append(entry)
        commandCount += 1
        if entry.type == .runCommand { openRuns += 1 }
        if let output { self.output = output }
        lastEntryAt = entry.appendedAt
    }

    /// False if one of its name was there before: the first one counts.
    @discardableResult
    mutating func append(_ entry: JournalEntry, _ notification: NotificationMessage) -> Bool {
        entries.append(entry)
        guard let name = notification.id, results[name] == nil else { return false }
        results[name] = notification.result?.isFailure ?? false
        if notification.code == MessageType.runCompletion.rawValue { openRuns -= 1 }
        return true
    }

    /// The next entry of a journal that is there already. Says which invocation it tells of, if it does.
    mutating func replay(_ entry: JournalEntry) throws(WireError) -> InvocationIdentity? {
        guard let type = entry.type else { throw .unknownMessage(code: entry.code) }
        if entry.isCommand {
            let output =
                type == .outputCommand
                ? try OutputCommand(decoding: entry.payload).result?.known : nil
            let latest = max(lastEntryAt, entry.appendedAt)
            append(command: entry, output: output)
            lastEntryAt = latest
            return nil
        }
        var notification = try NotificationMessage(decoding: entry.payload)
        notification.code = entry.code
        guard append(entry, notification), case .invocationID(let text) = notification.result
        else { return nil }
        return InvocationIdentity(text)
    }
}
