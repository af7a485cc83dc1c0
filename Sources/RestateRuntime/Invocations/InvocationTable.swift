import RestateProtocol

/// The invocations that have not ended, by id. Nobody else can change one.
///
/// What changes is noted by the way that it is changed: `update` and `append` change what is stored,
/// `link` changes what is not.
struct InvocationTable: Sendable {
    struct Changes: ChangedNames {
        /// An invocation, and the first entry of its journal that is not stored yet.
        struct Growth: Sendable {
            var id: InvocationIdentity
            var from: Int
        }

        /// By serial number: an id comes again when its invocation was forgotten and is called anew.
        var invocations: [UInt64: InvocationIdentity] = [:]
        var journals: [UInt64: Growth] = [:]

        var isEmpty: Bool { invocations.isEmpty && journals.isEmpty }
    }

    // Each part in an array of its own, at the invocation's place: what is looked at or changed is
    // reached where it lies, and nothing else of the invocation is copied for it.
    private var places: [InvocationIdentity: Int] = [:]
    private var free: [Int] = []
    /// Nil at places that are free.
    private var heads: [Shared<InvocationHead>?] = []
    private var progress: [InvocationProgress] = []
    private var journals: [OpenJournal] = []
    private var links: [InvocationLinks] = []
    /// Of everything that has ever begun.
    private var serialCount: UInt64 = 0
    private var unstored: Unstored<Changes>

    init(isStored: Bool) { unstored = Unstored(isKept: isStored) }

    // MARK: looking

    var count: Int { places.count }
    var values: [OpenInvocation] { heads.indices.compactMap { self[place: $0] } }
    var ids: [InvocationIdentity] { Array(places.keys) }
    /// Behind the last place. Places are filled again when their invocation has ended.
    var endPlace: Int { heads.count }

    subscript(place place: Int) -> OpenInvocation? {
        @inline(__always) get {
            guard let head = heads[place] else { return nil }
            return OpenInvocation(
                head: head, progress: progress[place], journal: journals[place],
                links: links[place])
        }
    }

    subscript(id: InvocationIdentity) -> OpenInvocation? {
        @inline(__always) get {
            guard let place = places[id] else { return nil }
            return self[place: place]
        }
    }

    func contains(_ id: InvocationIdentity) -> Bool { places[id] != nil }

    /// The invocation that has asked is still there, and has not been forgotten and called anew.
    func contains(_ asker: InvocationHead.Asker) -> Bool {
        self[asker.id]?.serial == asker.serial
    }

    // MARK: changing

    /// It gets the next number.
    mutating func insert(
        _ head: InvocationHead, _ progress: InvocationProgress, _ journal: [JournalEntry]
    ) {
        serialCount += 1
        var head = head
        head.serial = serialCount
        var invocation = OpenInvocation(head, progress)
        // The runtime wrote the entries itself, or read them before: they are sound.
        for entry in journal { try? invocation.replay(entry) }
        add(invocation)
        unstored.note {
            $0.invocations[head.serial] = head.id
            $0.journals[head.serial] = Changes.Growth(id: head.id, from: 0)
        }
    }

    /// Changes how far an invocation has come. Nil if there is none.
    @discardableResult
    mutating func update<R>(
        _ id: InvocationIdentity, _ body: (inout InvocationProgress) -> R
    ) -> R? {
        guard let place = places[id] else { return nil }
        if unstored.isKept, let serial = heads[place]?.value.serial {
            unstored.note { $0.invocations[serial] = id }
        }
        return body(&progress[place])
    }

    mutating func append(
        command entry: JournalEntry, output: ValueOrFailure? = nil, to id: InvocationIdentity
    ) {
        grow(id, at: entry.appendedAt) { $0.append(command: entry, output: output) }
    }

    mutating func append(
        _ entry: JournalEntry, _ notification: NotificationMessage, to id: InvocationIdentity
    ) {
        grow(id, at: entry.appendedAt) { $0.append(entry, notification) }
    }

    private mutating func grow(
        _ id: InvocationIdentity, at now: Timestamp, _ body: (inout OpenJournal) -> Void
    ) {
        guard let place = places[id] else { return }
        if unstored.isKept, let serial = heads[place]?.value.serial {
            let count = journals[place].count
            unstored.note {
                guard $0.journals[serial] == nil else { return }
                $0.journals[serial] = Changes.Growth(id: id, from: count)
            }
        }
        body(&journals[place])
        // Recovery finds it in the last entry.
        progress[place].modifiedAt = now
    }

    /// Changes what is not stored.
    @discardableResult
    mutating func link<R>(
        _ id: InvocationIdentity, _ body: (inout InvocationLinks) -> R
    ) -> R? {
        guard let place = places[id] else { return nil }
        return body(&links[place])
    }

    mutating func remove(_ id: InvocationIdentity) -> OpenInvocation? {
        guard let place = places.removeValue(forKey: id), let invocation = self[place: place]
        else { return nil }
        put(nil, at: place)
        free.append(place)
        unstored.note { $0.invocations[invocation.serial] = id }
        return invocation
    }

    private mutating func add(_ invocation: OpenInvocation) {
        if let place = places[invocation.id] ?? free.popLast() {
            places[invocation.id] = place
            put(invocation, at: place)
        } else {
            places[invocation.id] = heads.count
            heads.append(invocation.head)
            progress.append(invocation.progress)
            journals.append(invocation.journal)
            links.append(invocation.links)
        }
    }

    private mutating func put(_ invocation: OpenInvocation?, at place: Int) {
        heads[place] = invocation?.head
        progress[place] = invocation?.progress ?? InvocationProgress(modifiedAt: 0)
        journals[place] = invocation?.journal ?? OpenJournal(lastEntryAt: 0)
        links[place] = invocation?.links ?? InvocationLinks()
    }

    // MARK: recovery

    /// One that was stored.
    mutating func recover(_ invocation: OpenInvocation) {
        add(invocation)
    }

    /// The number of one that was stored, whether it has ended or not.
    mutating func recover(serial: UInt64) { serialCount = max(serialCount, serial) }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}
