/// Journals from files, folders and servers, one of each invocation.
///
/// Of several attempts of one invocation the one with the longest journal is taken. So a file that two paths
/// name, and an invocation that stands in a file and is asked of a server, count once.
package struct JournalCollection {
    private var order: [String] = []
    private var longest: [String: RecordedJournal] = [:]
    /// The files that were read, and whether each has a journal.
    private var files: [FileIdentity: Bool] = [:]

    package init() {}

    /// In the order in which their invocations were added.
    package var journals: [RecordedJournal] { order.compactMap { longest[$0] } }

    package mutating func add(_ journal: RecordedJournal) {
        // A journal without an id is one of its own.
        let id = journal.invocation.isEmpty ? journal.source : journal.invocation
        if let known = longest[id] {
            if known.count < journal.count { longest[id] = journal }
        } else {
            order.append(id)
            longest[id] = journal
        }
    }

    /// Adds a journal, or all journals in a folder and in those inside. Attempts that broke off before their
    /// journal came are left out.
    ///
    /// - Parameter unreadable: is told of each file that is no journal, once, and may throw to end the reading.
    /// - Returns: whether the path has a journal, which may have been added before.
    package mutating func add(
        at path: String, unreadable: (any Error) throws -> Void
    ) throws -> Bool {
        var hasJournals = false
        for entry in try JournalFolder.entries(path) {
            let isJournal: Bool
            if let known = files[entry.file] {
                isJournal = known
            } else {
                isJournal = try read(entry, unreadable)
                files[entry.file] = isJournal
            }
            if isJournal { hasJournals = true }
        }
        return hasJournals
    }

    private mutating func read(
        _ entry: JournalFolder.Entry, _ unreadable: (any Error) throws -> Void
    ) throws -> Bool {
        do {
            let file = try JournalFile(parsing: try JournalFolder.read(entry.path))
            guard file.hasJournal else { return false }
            add(try RecordedJournal(file, source: entry.path))
            return true
        } catch {
            let isNoJournal = error is JournalUnreadable
            try unreadable(
                isNoJournal
                    ? JournalUnreadable("'\(entry.path)' cannot be replayed: \(error)") : error)
            return false
        }
    }
}

extension RecordedJournal {
    /// Reads a journal, or all journals in a folder and in those inside. Of several attempts of one
    /// invocation the one with the longest journal is taken; attempts that broke off before their journal came
    /// are left out.
    ///
    /// - Throws: an error that names the file that cannot be read, or is no journal.
    public static func all(at path: String) throws -> [RecordedJournal] {
        var collection = JournalCollection()
        _ = try collection.add(at: path) { throw $0 }
        return collection.journals
    }
}
