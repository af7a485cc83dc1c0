import Primitives

/// The invocations that have ended, for as long as their results are kept, and their journals.
struct ResultTable: Sendable {
    struct Changes: ChangedNames {
        /// By serial number: an id comes again when its invocation was forgotten and is called anew.
        var invocations: [UInt64: InvocationIdentity] = [:]
        var droppedJournals: Set<UInt64> = []

        var isEmpty: Bool { invocations.isEmpty && droppedJournals.isEmpty }
    }

    private var finished: [InvocationIdentity: FinishedInvocation] = [:]
    private var journals: [InvocationIdentity: ArchivedJournal] = [:]
    /// Whose journals are kept, the oldest first; some of them may be gone.
    private var archived = FIFOQueue<InvocationIdentity>()
    private(set) var archivedBytes = 0
    /// Beyond it the oldest journals are given up.
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

    /// - Parameter journal: nil if it is not to be kept.
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

    // MARK: recovery

    /// One that was stored.
    mutating func recover(
        _ id: InvocationIdentity, _ invocation: FinishedInvocation, _ journal: ArchivedJournal
    ) {
        finished[id] = invocation
        if !journal.bytes.isEmpty { keep(journal, of: id) }
    }

    /// When all are there: the journals of those that ended first are given up first.
    mutating func orderArchive() {
        let ordered = idsWithJournal.compactMap { id in finished[id].map { (id, $0) } }
            .sorted { ($0.1.completedAt, $0.1.serial) < ($1.1.completedAt, $1.1.serial) }
        archived = FIFOQueue()
        for (id, _) in ordered { archived.append(id) }
    }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}
