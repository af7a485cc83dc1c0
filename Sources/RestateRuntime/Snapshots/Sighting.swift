import RestateProtocol

/// What a query sees of an invocation while the runtime stands still: the thing itself, or the number
/// under which the archive has it. So nothing is read from the disk meanwhile.
package enum Sighting<Known: Sendable>: Sendable {
    case known(Known)
    case stored(serial: UInt64)
}

/// A journal in the form in which it is kept, so that no entry is decoded while the runtime stands
/// still.
package enum KeptJournal: Sendable {
    /// In contrast to the runtime's `journal(of:)`, an invocation that has not begun has its input
    /// here.
    case open([JournalEntry])
    case archived(ArchivedJournal)

    package var entries: [JournalEntry] {
        switch self {
        case .open(let entries): entries
        case .archived(let journal): journal.entries
        }
    }
}

/// Views for queries. Nil means that there is no such thing.
extension LocalRuntime {
    package func seenSnapshot(of id: InvocationIdentity) -> Sighting<InvocationSnapshot>? {
        if let open = invocations[id] { return .known(snapshot(of: open)) }
        if let kept = results[kept: id] { return .known(InvocationSnapshot(id, kept)) }
        return results.serial(of: id).map(Sighting.stored)
    }

    package func seenJournal(of id: InvocationIdentity) -> Sighting<KeptJournal>? {
        if let open = invocations[id] { return .known(.open(open.journal.entries)) }
        if let kept = results[keptJournal: id] { return .known(.archived(kept)) }
        return results.isJournalKept(of: id) ? results.serial(of: id).map(Sighting.stored) : nil
    }

    /// The events of a finished invocation go with its journal.
    package func seenEvents(of id: InvocationIdentity) -> Sighting<[JournalEvent]>? {
        if let open = invocations[id] { return .known(open.progress.events) }
        guard results.isJournalKept(of: id) else { return nil }
        if let kept = results[kept: id] { return .known(kept.contents.events) }
        return results.serial(of: id).map(Sighting.stored)
    }

    /// The ids of all invocations that are in memory, open and finished.
    package func keptIDs() -> [InvocationIdentity] { invocations.ids + results.kept.map(\.0) }

    /// The finished invocations that are in memory: all of them without an archive. They are
    /// immutable objects, so that their snapshots can be made on another thread.
    package func keptFinished() -> [(InvocationIdentity, FinishedInvocation)] { results.kept }

    /// Where the finished invocations are that are not in memory; nil if all are.
    package var archive: (any ResultArchive)? { results.archive }
}
