import Primitives

/// The finished invocations, until their retention is over, and their journals, up to a total size.
struct ResultTable: Sendable {
    struct Changes: ChangedNames {
        /// The changed invocations by serial number. Two of them can have the same id: one that was
        /// forgotten, and one that was called anew.
        var invocations: [UInt64: InvocationIdentity] = [:]
        var droppedJournals: Set<UInt64> = []

        var isEmpty: Bool { invocations.isEmpty && droppedJournals.isEmpty }
    }

    private var finished: [InvocationIdentity: FinishedInvocation] = [:]
    private var journals: [InvocationIdentity: ArchivedJournal] = [:]
    /// The invocations whose journals are kept, the oldest first. Some journals may be dropped
    /// already.
    private var archived = FIFOQueue<InvocationIdentity>()
    private(set) var archivedBytes = 0
    /// Beyond this size the oldest journals are dropped. Their results stay.
    private let byteLimit: Int
    private var unstored: Unstored<Changes>

    init(byteLimit: Int, isStored: Bool) {
        self.byteLimit = byteLimit
        unstored = Unstored(isKept: isStored)
    }

    var count: Int { finished.count }
    var ids: some Collection<InvocationIdentity> { finished.keys }
    var all: [(InvocationIdentity, FinishedInvocation)] { finished.map { ($0.key, $0.value) } }
    var idsWithJournal: [InvocationIdentity] { archived.waiting.filter { journals[$0] != nil } }

    subscript(id: InvocationIdentity) -> FinishedInvocation? { finished[id] }

    func contains(_ id: InvocationIdentity) -> Bool { finished[id] != nil }

    func journal(of id: InvocationIdentity) -> ArchivedJournal? { journals[id] }

    /// Adds an invocation that has ended.
    ///
    /// - Parameter journal: nil if it is not kept.
    mutating func insert(
        _ id: InvocationIdentity, _ invocation: FinishedInvocation, _ journal: ArchivedJournal?
    ) {
        finished[id] = invocation
        unstored.note { $0.invocations[invocation.serial] = id }
        if let journal {
            keep(journal, of: id)
        } else {
            unstored.note { $0.droppedJournals.insert(invocation.serial) }
        }
        while let oldest = archived.first, archivedBytes > byteLimit || journals[oldest] == nil {
            dropJournal(of: oldest)
            _ = archived.popFirst()
        }
    }

    private mutating func keep(_ journal: ArchivedJournal, of id: InvocationIdentity) {
        archivedBytes += journal.bytes.count
        journals[id] = journal
        archived.append(id)
    }

    mutating func dropJournal(of id: InvocationIdentity) {
        guard let journal = journals.removeValue(forKey: id) else { return }
        archivedBytes -= journal.bytes.count
        if let serial = finished[id]?.serial {
            unstored.note { $0.droppedJournals.insert(serial) }
        }
    }

    mutating func remove(_ id: InvocationIdentity) -> FinishedInvocation? {
        dropJournal(of: id)
        guard let invocation = finished.removeValue(forKey: id) else { return nil }
        unstored.note { $0.invocations[invocation.serial] = id }
        return invocation
    }

    // MARK: Recovery

    /// Adds a finished invocation that was stored.
    mutating func recover(
        _ id: InvocationIdentity, _ invocation: FinishedInvocation, _ journal: ArchivedJournal
    ) {
        finished[id] = invocation
        if !journal.bytes.isEmpty { keep(journal, of: id) }
    }

    /// Orders the journals by the end of their invocations, after a recovery has read them by
    /// serial number. The oldest ends are dropped first.
    mutating func orderArchive() {
        let ordered = idsWithJournal.compactMap { id in finished[id].map { (id, $0) } }
            .sorted { ($0.1.completedAt, $0.1.serial) < ($1.1.completedAt, $1.1.serial) }
        archived = FIFOQueue()
        for (id, _) in ordered { archived.append(id) }
    }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}
