internal import Primitives
internal import Restate
internal import RestateProtocol
internal import RestateRuntime
internal import SQLEngine

/// The rows of invocations, journals and events: from the runtime, and of finished invocations that
/// are not in memory from the archive.
///
/// The archive is read on the query's thread, page by page, while the runtime goes on.
extension RuntimeTables {
    /// Passes on the snapshots of the given invocations, or of all.
    ///
    /// - Parameter onlyOpen: whether finished ones are of no use, and need not be passed on.
    func invocations(
        _ ids: [InvocationIdentity]?, onlyOpen: Bool = false, _ take: Take<InvocationSnapshot>
    ) throws {
        if let ids {
            return try sightings(
                of: ids, { $0.seenSnapshot(of: $1) },
                { _, found in InvocationSnapshot(found.id, found) }
            ) { try take($1) }
        }
        // Open invocations come first, then those in memory, then the archive's, because that is the
        // way that each goes: one that goes on meanwhile then appears twice, and is skipped the
        // second time. The other way round it could be missed.
        var seen: Set<InvocationIdentity> = []
        var place = 0
        while true {
            let start = place
            let slice = try access.look { $0.openSnapshots(from: start) }
            for snapshot in slice.snapshots where seen.insert(snapshot.id).inserted {
                guard try take(snapshot) else { return }
            }
            guard let next = slice.next else { break }
            place = next
        }
        if onlyOpen { return }
        let (kept, archive) = try access.look { ($0.keptFinished(), $0.archive) }
        for (id, finished) in kept where !seen.contains(id) {
            guard try take(InvocationSnapshot(id, finished)) else { return }
        }
        guard let archive else { return }
        seen.formUnion(kept.map(\.0))
        try pages(of: archive, except: seen) { try take(InvocationSnapshot($0.id, $0)) }
    }

    /// Passes on the entries of journals. They are decoded on the query's thread, outside the
    /// slices.
    func journals(_ wanted: [InvocationIdentity]?, _ take: Take<JournalRow>) throws {
        let callees = try access.look { JournalJSON.Callees($0) }
        try each(
            wanted, { $0.seenJournal(of: $1) },
            { archive, found in .archived(try archive.journal(found.serial)) }
        ) { id, journal in
            let entries = journal.entries
            let around = JournalJSON.Surroundings(entries, callees)
            for (index, entry) in entries.enumerated() {
                guard try take(JournalRow(id: id, index: index, entry: entry, around: around))
                else {
                    return false
                }
            }
            return true
        }
    }

    func events(_ wanted: [InvocationIdentity]?, _ take: Take<EventRow>) throws {
        try each(
            wanted, { $0.seenEvents(of: $1) },
            { _, found in found.contents.events }
        ) { id, events in
            for event in events where try !take(EventRow(id: id, event: event)) { return false }
            return true
        }
    }

    /// How a thing of a finished invocation is read from the archive.
    private typealias Read<Known> = (any ResultArchive, FinishedInvocation) throws -> Known

    /// Passes on what the given invocations have of something, or all invocations.
    private func each<Known: Sendable>(
        _ wanted: [InvocationIdentity]?,
        _ see: @escaping @Sendable (LocalRuntime, InvocationIdentity) -> Sighting<Known>?,
        _ read: Read<Known>, _ take: (InvocationIdentity, Known) throws -> Bool
    ) throws {
        if let wanted { return try sightings(of: wanted, see, read, take) }
        let (kept, archive) = try access.look { ($0.keptIDs(), $0.archive) }
        var goesOn = true
        try sightings(of: kept, see, read) { id, known in
            goesOn = try take(id, known)
            return goesOn
        }
        guard goesOn, let archive else { return }
        try pages(of: archive, except: Set(kept)) { found in
            try take(
                found.id, Self.readable { try read(archive, found) })
        }
    }

    /// Looks at the runtime in slices, and reads from the archive what is not in it.
    private func sightings<Known: Sendable>(
        of ids: [InvocationIdentity],
        _ see: @escaping @Sendable (LocalRuntime, InvocationIdentity) -> Sighting<Known>?,
        _ read: Read<Known>, _ take: (InvocationIdentity, Known) throws -> Bool
    ) throws {
        let archive = try access.look { $0.archive }
        try sliced({ _ in ids }, { runtime, id in see(runtime, id).map { [(id, $0)] } ?? [] }) {
            id, sighting in
            switch sighting {
            case .known(let known): return try take(id, known)
            case .stored(let serial):
                guard let archive else { return true }
                let known = try Self.readable { () -> Known? in
                    // It is gone if it was removed in between.
                    guard let found = try archive.finished(serial) else { return nil }
                    return try read(archive, found)
                }
                guard let known else { return true }
                return try take(id, known)
            }
        }
    }

    /// Passes on what is in the archive and was not passed on before.
    private func pages(
        of archive: any ResultArchive, except seen: Set<InvocationIdentity>,
        _ take: Take<FinishedInvocation>
    ) throws {
        var last: UInt64 = 0
        while true {
            let start = last
            let page = try Self.readable { try archive.finished(after: start) }
            guard let end = page.last else { return }
            for found in page where !seen.contains(found.id) {
                guard try take(found) else { return }
            }
            last = end.serial
        }
    }

    private static func readable<Value>(_ read: () throws -> Value) throws -> Value {
        do {
            return try read()
        } catch let failure as ArchiveFailure {
            throw QueryError.execution("\(failure)")
        }
    }
}
