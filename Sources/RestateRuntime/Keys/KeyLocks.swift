import Primitives

/// Who holds which key, and what waits for it. Exclusive handlers and new states from outside take
/// turns.
package struct KeyLocks: Sendable {
    enum Waiting: Sendable {
        case invocation(InvocationIdentity)
        case newState(StateEdit)
    }

    struct Lock: Sendable {
        var holder: InvocationIdentity?
        var queue = FIFOQueue<Waiting>()
    }

    struct Changes: ChangedNames {
        /// New states that wait for their key, by number; nil for those that wait no more.
        var edits: [UInt64: StateEdit?] = [:]

        var isEmpty: Bool { edits.isEmpty }
    }

    private var locks: [StateOwner: Lock] = [:]
    /// Of everything that has ever waited for a key.
    private var sequence: UInt64 = 0
    private var unstored: Unstored<Changes>

    init(isStored: Bool) { unstored = Unstored(isKept: isStored) }

    package var keys: some Collection<StateOwner> { locks.keys }

    /// Keys that are free, and yet something waits for them: only right after recovery.
    var keysWithoutHolder: [StateOwner] { locks.filter { $0.value.holder == nil }.map(\.key) }

    func holder(of owner: StateOwner) -> InvocationIdentity? { locks[owner]?.holder }

    func waiting(for owner: StateOwner) -> [Waiting] { locks[owner]?.queue.waiting ?? [] }

    // MARK: turns

    /// Gives the key to an invocation, or a place in the inbox, whose number it says.
    mutating func enter(_ owner: StateOwner, _ id: InvocationIdentity) -> UInt64? {
        guard locks[owner] != nil else {
            locks[owner] = Lock(holder: id)
            return nil
        }
        sequence += 1
        locks[owner]?.queue.append(.invocation(id))
        return sequence
    }

    /// A new state gets a place in the inbox. False if the key is free.
    mutating func enqueue(_ edit: StateEdit) -> Bool {
        guard locks[edit.owner] != nil else { return false }
        sequence += 1
        var edit = edit
        edit.sequence = sequence
        locks[edit.owner]?.queue.append(.newState(edit))
        unstored.note { $0.edits[edit.sequence] = edit }
        return true
    }

    /// The first that waits for a key, who waits no more.
    mutating func popFirst(of owner: StateOwner) -> Waiting? {
        guard let first = locks[owner]?.queue.popFirst() else { return nil }
        if case .newState(let edit) = first {
            unstored.note { _ = $0.edits.updateValue(nil, forKey: edit.sequence) }
        }
        return first
    }

    mutating func give(_ owner: StateOwner, to id: InvocationIdentity) {
        locks[owner]?.holder = id
    }

    mutating func free(_ owner: StateOwner) {
        locks[owner] = nil
    }

    // MARK: recovery

    /// Says who holds the key already, if so.
    mutating func recover(holder id: InvocationIdentity, of owner: StateOwner)
        -> InvocationIdentity?
    {
        if let other = locks[owner]?.holder { return other }
        locks[owner] = Lock(holder: id)
        return nil
    }

    /// In the order of their numbers.
    mutating func recover(_ waiting: Waiting, of owner: StateOwner) {
        locks[owner, default: Lock()].queue.append(waiting)
    }

    mutating func recover(sequence number: UInt64) {
        sequence = max(sequence, number)
    }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}

/// A whole new state that waits until its key is free.
struct StateEdit: Sendable {
    var owner: StateOwner
    var state: ObjectState
    /// The version that is to be replaced; with any other the edit comes too late, and is dropped.
    var replaces: String?
    /// Its place among all that waits.
    var sequence: UInt64
}
