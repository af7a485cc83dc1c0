import RestateProtocol

/// The state of virtual objects and workflows, by key. A key without entries has no state in it.
package struct StateTable: Sendable {
    struct Changes: ChangedNames {
        /// The entries that were set or cleared one by one.
        var entries: [StateOwner: Set<Bytes>] = [:]
        /// The keys whose stored state is replaced as a whole.
        var whole: Set<StateOwner> = []

        var isEmpty: Bool { entries.isEmpty && whole.isEmpty }
    }

    private var states: [StateOwner: ObjectState]
    private var unstored: Unstored<Changes>

    init(_ states: [StateOwner: ObjectState] = [:], isStored: Bool) {
        self.states = states
        unstored = Unstored(isKept: isStored)
    }

    package var keys: some Collection<StateOwner> { states.keys }

    subscript(owner: StateOwner) -> ObjectState? { states[owner] }

    mutating func set(_ key: Bytes, to value: Bytes, of owner: StateOwner) {
        states[owner, default: ObjectState()].set(key, to: value)
        unstored.note { $0.entries[owner, default: []].insert(key) }
    }

    mutating func clear(_ key: Bytes, of owner: StateOwner) {
        states[owner]?.clear(key)
        if states[owner]?.isEmpty == true { states[owner] = nil }
        unstored.note { $0.entries[owner, default: []].insert(key) }
    }

    mutating func replace(_ owner: StateOwner, with state: ObjectState?) {
        states[owner] = state?.isEmpty == true ? nil : state
        unstored.note { $0.whole.insert(owner) }
    }

    var hasChanges: Bool { !unstored.isEmpty }

    mutating func takeChanges() -> Changes { unstored.take() }
}
