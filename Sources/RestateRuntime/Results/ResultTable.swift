import Primitives

/// The finished invocations, until their retention is over, and their journals, up to a total size.
///
/// Without an archive all of them are in memory. With one, those are that are not stored yet, and the
/// last ones that were, up to a size. Of every other only the id, the serial number and the size of the
/// journal are in memory, and the rest is read when somebody asks.
struct ResultTable: Sendable {
    struct Changes: ChangedNames {
        /// The changed invocations by serial number. Two of them can have the same id: one that was
        /// forgotten, and one that was called anew.
        var invocations: [UInt64: InvocationIdentity] = [:]
        var droppedJournals: Set<UInt64> = []

        var isEmpty: Bool { invocations.isEmpty && droppedJournals.isEmpty }
    }

    private var index = ResultIndex()
    // What is in memory.
    private var finished: [InvocationIdentity: FinishedInvocation] = [:]
    private var journals: [InvocationIdentity: ArchivedJournal] = [:]

    /// The invocations whose journals are kept, the oldest first.
    private var journalQueue = JournalQueue()
    private(set) var archivedBytes = 0
    /// Beyond this size the oldest journals are dropped. Their results stay.
    private let byteLimit: Int
    private var unstored: Unstored<Changes>

    /// Where stored invocations are read; nil if all of them are in memory.
    let archive: (any ResultArchive)?
    /// The invocations that the batch on its way to the disk has.
    private var storing: [JournalQueue.Place] = []
    private var lastStored: StoredResultCache
    private var expiry = StoredExpiry()
    private var journalExpiry = StoredExpiry()

    init(
        byteLimit: Int, isStored: Bool, archive: (any ResultArchive)? = nil, cacheLimit: Int = 0
    ) {
        self.byteLimit = byteLimit
        self.archive = archive
        lastStored = StoredResultCache(limit: cacheLimit)
        unstored = Unstored(isKept: isStored)
    }

    // MARK: Looking

    var count: Int { index.count }

    func contains(_ id: InvocationIdentity) -> Bool { index.contains(id) }

    func serial(of id: InvocationIdentity) -> UInt64? { index[id]?.serial }

    /// What is in memory, which is everything without an archive.
    var kept: [(InvocationIdentity, FinishedInvocation)] { finished.map { ($0.key, $0.value) } }

    subscript(kept id: InvocationIdentity) -> FinishedInvocation? { finished[id] }

    /// Returns an invocation from memory or from the archive.
    func find(_ id: InvocationIdentity) throws(ArchiveFailure) -> FinishedInvocation? {
        if let kept = finished[id] { return kept }
        guard let archive, let serial = index[id]?.serial else { return nil }
        guard let stored = try archive.finished(serial) else {
            throw ArchiveFailure("invocation number \(serial) is missing")
        }
        return stored
    }

    func isJournalKept(of id: InvocationIdentity) -> Bool { index[id]?.journalSize ?? 0 > 0 }

    subscript(keptJournal id: InvocationIdentity) -> ArchivedJournal? { journals[id] }

    /// Returns a journal from memory or from the archive; nil if it is not kept.
    func journal(of id: InvocationIdentity) throws(ArchiveFailure) -> ArchivedJournal? {
        guard let entry = index[id], entry.journalSize > 0 else { return nil }
        if let kept = journals[id] { return kept }
        return try archive?.journal(entry.serial)
    }

    var idsWithJournal: [InvocationIdentity] {
        journalQueue.waiting.filter { index[$0.id]?.hasJournal(of: $0.serial) == true }.map(\.id)
    }

    // MARK: Retentions

    /// How far the ends of retentions in the archive have been handled.
    subscript(expiryOf part: RetainedPart) -> StoredExpiry {
        get {
            switch part {
            case .results: expiry
            case .journals: journalExpiry
            }
        }
        set {
            switch part {
            case .results: expiry = newValue
            case .journals: journalExpiry = newValue
            }
        }
    }

    /// When the next retention of something that is stored ends; nil if there is none.
    var nextExpiry: Timestamp? {
        guard let journal = journalExpiry.next else { return expiry.next }
        return min(journal, expiry.next ?? .max)
    }

    // MARK: Changing

    /// Adds an invocation that has ended.
    ///
    /// - Parameter journal: nil if it is not kept.
    mutating func insert(
        _ id: InvocationIdentity, _ invocation: FinishedInvocation, _ journal: ArchivedJournal?
    ) {
        let serial = invocation.serial
        finished[id] = invocation
        index.insert(
            id, ResultIndex.Entry(serial: serial, journalSize: journal?.bytes.count ?? 0))
        unstored.note { $0.invocations[serial] = id }
        if let journal {
            archivedBytes += journal.bytes.count
            journals[id] = journal
            journalQueue.append(id, serial)
        } else {
            unstored.note { $0.droppedJournals.insert(serial) }
        }
        while let oldest = journalQueue.first {
            let isKept = index[oldest.id]?.hasJournal(of: oldest.serial) == true
            guard archivedBytes > byteLimit || !isKept else { break }
            if isKept { dropJournal(of: oldest.id) }
            journalQueue.removeFirst()
        }
    }

    mutating func dropJournal(of id: InvocationIdentity) {
        guard let entry = index[id], entry.journalSize > 0 else { return }
        archivedBytes -= entry.journalSize
        index.setJournalSize(0, of: id)
        journals[id] = nil
        if let kept = finished[id] { finished[id] = kept.withoutJournal }
        unstored.note { $0.droppedJournals.insert(entry.serial) }
    }

    mutating func remove(_ id: InvocationIdentity) {
        finished[id] = nil
        dropJournal(of: id)
        guard let entry = index.remove(id) else { return }
        unstored.note { $0.invocations[entry.serial] = id }
    }

    // MARK: Storage

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes {
        let changes = unstored.take()
        guard archive != nil else { return changes }
        for (serial, id) in changes.invocations where finished[id]?.serial == serial {
            storing.append(JournalQueue.Place(id, serial))
        }
        // In the order in which they began, so that the same ones leave the memory each time.
        storing.sort { $0.serial < $1.serial }
        return changes
    }

    /// Notes that everything that was taken is in the archive. From now on it need not be in memory.
    mutating func changesAreStored() {
        for place in storing {
            guard let invocation = finished[place.id], invocation.serial == place.serial
            else { continue }
            let journalSize = index[place.id]?.journalSize ?? 0
            expiry.add(ExpiryPlace(expires: invocation.expires, serial: place.serial))
            if journalSize > 0, let end = invocation.journalExpires {
                journalExpiry.add(ExpiryPlace(expires: end, serial: place.serial))
            }
            lastStored.add(place, size: invocation.memory + journalSize)
        }
        storing.removeAll(keepingCapacity: storing.count < 1000)
        while let place = lastStored.popOverflow() {
            guard finished[place.id]?.serial == place.serial else { continue }
            finished[place.id] = nil
            journals[place.id] = nil
        }
    }

    // MARK: Recovery

    /// Adds an invocation that is in the archive. Returns false if there is one with the same id.
    mutating func recover(_ stored: StoredData.Finished) -> Bool {
        guard !index.contains(stored.id) else { return false }
        index.insert(
            stored.id,
            ResultIndex.Entry(serial: stored.serial, journalSize: stored.journalSize))
        archivedBytes += stored.journalSize
        expiry.add(ExpiryPlace(expires: stored.expires, serial: stored.serial))
        return true
    }

    /// Adds the journals in the order of the ends of their invocations: the oldest ends are dropped
    /// first.
    ///
    /// - Parameter nextEnd: when the next journal goes before its result does.
    mutating func recoverJournals(_ finished: [StoredData.Finished], nextEnd: Timestamp?) {
        journalExpiry.wait(until: nextEnd)
        let ordered = finished.filter { $0.journalSize > 0 }
            .sorted { ($0.completedAt, $0.serial) < ($1.completedAt, $1.serial) }
        for stored in ordered { journalQueue.append(stored.id, stored.serial) }
    }
}

extension ResultIndex.Entry {
    /// Whether the journal of this very invocation is kept, and not only that of one with the same
    /// id.
    fileprivate func hasJournal(of serial: UInt64) -> Bool {
        self.serial == serial && journalSize > 0
    }
}
