import RestateProtocol

/// The invocations that have not ended, by id. Only its methods change an invocation.
///
/// The method decides what is noted for storage: `update` and `append` change what is stored,
/// `link` changes what is not. So a rule of the runtime cannot forget to note a change.
struct InvocationTable: Sendable {
    struct Changes: ChangedNames {
        /// An invocation, and the first entry of its journal that is not stored yet.
        struct Growth: Sendable {
            var id: InvocationIdentity
            var from: Int
        }

        /// The changed invocations by serial number. Two of them can have the same id: one that was
        /// forgotten, and one that was called anew.
        var invocations: [UInt64: InvocationIdentity] = [:]
        var journals: [UInt64: Growth] = [:]

        var isEmpty: Bool { invocations.isEmpty && journals.isEmpty }
    }

    // Each part of an invocation is in an array of its own, at the same index. A part can so be
    // read or changed in place; with one array of structs, every access would copy the whole
    // invocation.
    private var places: [InvocationIdentity: Int] = [:]
    private var free: [Int] = []
    /// The heads. Free indexes have nil.
    private var heads: [Shared<InvocationHead>?] = []
    private var progress: [InvocationProgress] = []
    private var journals: [OpenJournal] = []
    private var links: [InvocationLinks] = []
    /// The highest serial number so far. Numbers are never reused.
    private var serialCount: UInt64 = 0
    private var unstored: Unstored<Changes>

    init(isStored: Bool) { unstored = Unstored(isKept: isStored) }

    // MARK: Looking

    var count: Int { places.count }
    var values: [OpenInvocation] { heads.indices.compactMap { self[place: $0] } }
    var ids: [InvocationIdentity] { Array(places.keys) }
    /// The index behind the last place. Places of ended invocations are reused.
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

    /// Whether the very invocation that asked still exists, and not only one with the same id.
    func contains(_ asker: InvocationHead.Asker) -> Bool {
        self[asker.id]?.serial == asker.serial
    }

    // MARK: Changing

    /// Adds a new invocation and gives it the next serial number.
    mutating func insert(
        _ head: InvocationHead, _ progress: InvocationProgress, _ journal: [JournalEntry]
    ) {
        serialCount += 1
        var head = head
        head.serial = serialCount
        var invocation = OpenInvocation(head, progress)
        // These entries were written or checked by the runtime before, so that decoding them cannot
        // fail.
        for entry in journal { try? invocation.replay(entry) }
        add(invocation)
        unstored.note {
            $0.invocations[head.serial] = head.id
            $0.journals[head.serial] = Changes.Growth(id: head.id, from: 0)
        }
    }

    /// Changes how far an invocation has come. Returns nil without calling `body` if there is none.
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
        // Not noted for storage: recovery takes this time from the last entry.
        progress[place].modifiedAt = now
    }

    /// Changes what follows from journals, or is lost with the process. Nothing is noted for
    /// storage.
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

    // MARK: Recovery

    /// Adds an invocation that was stored, with its own serial number.
    mutating func recover(_ invocation: OpenInvocation) {
        add(invocation)
    }

    /// Reserves the serial number of a stored invocation, whether it has ended or not.
    mutating func recover(serial: UInt64) { serialCount = max(serialCount, serial) }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}
