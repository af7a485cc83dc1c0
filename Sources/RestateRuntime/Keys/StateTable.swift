import RestateProtocol

/// The state of virtual objects and workflows, by key. A key without entries is not in it.
package struct StateTable: Sendable {
    struct Changes: ChangedNames {
        /// Single entries, and whole keys that are stored anew.
        var entries: [StateOwner: Set<Bytes>] = [:]
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
