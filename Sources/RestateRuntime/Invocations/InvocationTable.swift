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

    private var table = SlotTable<InvocationIdentity, OpenInvocation>()
    /// Of everything that has ever begun.
    private var serialCount: UInt64 = 0
    private var unstored: Unstored<Changes>

    init(isStored: Bool) { unstored = Unstored(isKept: isStored) }

    // MARK: looking

    var count: Int { table.count }
    var values: [OpenInvocation] { table.values }
    var ids: [InvocationIdentity] { table.keys }
    var endPlace: Int { table.endPlace }

    subscript(place place: Int) -> OpenInvocation? {
        _read { yield table[place: place] }
    }

    subscript(id: InvocationIdentity) -> OpenInvocation? {
        _read { yield table[id] }
    }

    func contains(_ id: InvocationIdentity) -> Bool { table.place(of: id) != nil }

    /// The invocation that has asked is still there, and has not been forgotten and called anew.
    func contains(_ asker: InvocationHead.Asker) -> Bool {
        table[asker.id]?.serial == asker.serial
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
        table.insert(invocation, for: head.id)
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
        guard let place = table.place(of: id) else { return nil }
        if unstored.isKept, let serial = table[place: place]?.serial {
            unstored.note { $0.invocations[serial] = id }
        }
        return table[place: place]?.change { body(&$0.progress) }
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
        _ id: InvocationIdentity, at now: Timestamp, _ body: (inout Journal) -> Void
    ) {
        guard let place = table.place(of: id) else { return }
        if unstored.isKept, let serial = table[place: place]?.serial,
            let count = table[place: place]?.journal.count
        {
            unstored.note {
                guard $0.journals[serial] == nil else { return }
                $0.journals[serial] = Changes.Growth(id: id, from: count)
            }
        }
        table[place: place]?.change { invocation in
            body(&invocation.journal)
            // Recovery finds it in the last entry.
            invocation.progress.modifiedAt = now
        }
    }

    /// Changes what is not stored.
    @discardableResult
    mutating func link<R>(
        _ id: InvocationIdentity, _ body: (inout InvocationLinks) -> R
    ) -> R? {
        guard let place = table.place(of: id) else { return nil }
        return table[place: place]?.change { body(&$0.links) }
    }

    mutating func remove(_ id: InvocationIdentity) -> OpenInvocation? {
        guard let invocation = table.remove(id) else { return nil }
        let serial = invocation.serial
        unstored.note { $0.invocations[serial] = id }
        return invocation
    }

    // MARK: recovery

    /// One that was stored.
    mutating func recover(_ invocation: OpenInvocation) {
        table.insert(invocation, for: invocation.id)
    }

    /// The number of one that was stored, whether it has ended or not.
    mutating func recover(serial: UInt64) { serialCount = max(serialCount, serial) }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}

extension OpenInvocation {
    /// Reaches the invocation where it lies.
    fileprivate mutating func change<R>(_ body: (inout OpenInvocation) -> R) -> R {
        body(&self)
    }
}
