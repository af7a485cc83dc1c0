import RestateProtocol

/// The journal of an open invocation, and what follows from its entries alone.
struct OpenJournal: Sendable {
    private(set) var entries: [JournalEntry] = []
    private(set) var commandCount: UInt32 = 0
    /// For each notification that has come, whether it was a failure. Only a signal's name can come
    /// twice; the first one decides when the invocation continues, and the endpoint decides which
    /// one it takes.
    private(set) var results: [NotificationID: Bool] = [:]
    private(set) var output: ValueOrFailure?
    /// The number of Run commands without a result. While one is open, its closure is probably
    /// running.
    private(set) var openRuns = 0
    /// When the last command was appended. `Start` reports the time since then.
    private(set) var lastEntryAt: Timestamp

    var count: Int { entries.count }

    init(lastEntryAt: Timestamp) { self.lastEntryAt = lastEntryAt }

    /// Appends a command.
    ///
    /// - Parameter output: the result, if the command is an Output.
    mutating func append(command entry: JournalEntry, output: ValueOrFailure?) {
        entries.append(entry)
        commandCount += 1
        if entry.type == .runCommand { openRuns += 1 }
        if let output { self.output = output }
        lastEntryAt = entry.appendedAt
    }

    /// Appends a notification. Returns false if one with the same name came before, which then
    /// counts.
    @discardableResult
    mutating func append(_ entry: JournalEntry, _ notification: NotificationMessage) -> Bool {
        entries.append(entry)
        guard let name = notification.id, results[name] == nil else { return false }
        results[name] = notification.result?.isFailure ?? false
        if notification.code == MessageType.runCompletion.rawValue { openRuns -= 1 }
        return true
    }

    /// Adds an entry of an existing journal. Returns the id of the invocation that was called, if
    /// the entry is the notification with that id.
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
