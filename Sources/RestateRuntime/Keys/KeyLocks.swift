import Primitives

/// The locks of keys, with the queue of each. Exclusive handlers and state edits from outside take
/// turns at a key, so that a state changes under no running handler.
package struct KeyLocks: Sendable {
    /// What waits for a key.
    enum Waiting: Sendable {
        case invocation(InvocationIdentity)
        case newState(StateEdit)
    }

    struct Lock: Sendable {
        var holder: InvocationIdentity?
        var queue = FIFOQueue<Waiting>()
    }

    struct Changes: ChangedNames {
        /// The waiting edits by their number; nil for one that does not wait any more. Waiting
        /// invocations are not named here, because their own records have their place.
        var edits: [UInt64: StateEdit?] = [:]

        var isEmpty: Bool { edits.isEmpty }
    }

    /// The keys that are held. A free key has no entry.
    private var locks: [StateOwner: Lock] = [:]
    /// The highest number that was given to anything waiting. One counter for all keys keeps the
    /// order across a recovery.
    private var sequence: UInt64 = 0
    private var unstored: Unstored<Changes>

    init(isStored: Bool) { unstored = Unstored(isKept: isStored) }

    package var keys: some Collection<StateOwner> { locks.keys }

    /// The keys that are free although something waits for them. There are some only between
    /// recovery and `wakeUp`.
    var keysWithoutHolder: [StateOwner] { locks.filter { $0.value.holder == nil }.map(\.key) }

    func holder(of owner: StateOwner) -> InvocationIdentity? { locks[owner]?.holder }

    func waiting(for owner: StateOwner) -> [Waiting] { locks[owner]?.queue.waiting ?? [] }

    // MARK: Turns

    /// Gives the key to an invocation and returns nil, or queues it and returns its number in the
    /// inbox.
    mutating func enter(_ owner: StateOwner, _ id: InvocationIdentity) -> UInt64? {
        guard locks[owner] != nil else {
            locks[owner] = Lock(holder: id)
            return nil
        }
        sequence += 1
        locks[owner]?.queue.append(.invocation(id))
        return sequence
    }

    /// Queues an edit. Returns false if the key is free, so that the edit can be made at once.
    mutating func enqueue(_ edit: StateEdit) -> Bool {
        guard locks[edit.owner] != nil else { return false }
        sequence += 1
        var edit = edit
        edit.sequence = sequence
        locks[edit.owner]?.queue.append(.newState(edit))
        unstored.note { $0.edits[edit.sequence] = edit }
        return true
    }

    /// Removes and returns the first in the queue of a key.
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

    // MARK: Recovery

    /// Gives a key to the stored invocation that held it. Returns the other holder if there are
    /// two, which means damage.
    mutating func recover(holder id: InvocationIdentity, of owner: StateOwner)
        -> InvocationIdentity?
    {
        if let other = locks[owner]?.holder { return other }
        locks[owner] = Lock(holder: id)
        return nil
    }

    /// Queues something that was stored. The caller keeps the order of the numbers.
    mutating func recover(_ waiting: Waiting, of owner: StateOwner) {
        locks[owner, default: Lock()].queue.append(waiting)
    }

    /// Reserves a stored number, so that it is not given again.
    mutating func recover(sequence number: UInt64) {
        sequence = max(sequence, number)
    }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}

/// A whole new state for a key, which is applied when the key is free.
struct StateEdit: Sendable {
    var owner: StateOwner
    var state: ObjectState
    /// The version of the state that the edit replaces, or nil for any. If the state has another
    /// version by then, the edit is dropped, because somebody changed what its author had seen.
    var replaces: String?
    /// Its number among everything that waits for keys.
    var sequence: UInt64
}
