import Primitives
import RestateProtocol

/// What has changed since it was stored last.
///
/// Only names: the values are read when they are written down, so that what changes often is written
/// once. What follows from the journals (timers, who waits for whom, who holds a key) is not named.
package struct Changes: Sendable {
    /// An invocation, and the first entry of its journal that is not stored yet.
    struct Growth: Sendable {
        var id: InvocationIdentity
        var from: Int
    }

    /// By serial number: an id comes again when its invocation was forgotten and is called anew.
    var invocations: [UInt64: InvocationIdentity] = [:]
    var journals: [UInt64: Growth] = [:]
    var droppedJournals: Set<UInt64> = []
    /// Single entries, and whole keys that are stored anew.
    var states: [StateOwner: Set<Bytes>] = [:]
    var wholeStates: Set<StateOwner> = []
    var promises: [StateOwner: Set<ExactName>] = [:]
    var forgottenPromises: Set<StateOwner> = []
    /// New states that wait for their key, by number; nil for those that wait no more.
    var edits: [UInt64: StateEdit?] = [:]
    var registry = false

    package var isEmpty: Bool {
        invocations.isEmpty && journals.isEmpty && droppedJournals.isEmpty && states.isEmpty
            && wholeStates.isEmpty && promises.isEmpty && forgottenPromises.isEmpty
            && edits.isEmpty && !registry
    }
}

/// A whole new state that waits until its key is free.
package struct StateEdit: Sendable {
    var owner: StateOwner
    var state: ObjectState
    /// The version that is to be replaced; with any other the edit comes too late, and is dropped.
    var replaces: String?
    /// Its place among all that waits.
    var sequence: UInt64
}

extension LocalRuntime {
    /// Notes what somebody who keeps the data has to store anew.
    mutating func changed(_ note: (inout Changes) -> Void) {
        if settings.reportsChanges { note(&changes) }
    }

    /// What is known of an invocation besides its journal.
    mutating func headChanged(_ id: InvocationIdentity) {
        guard settings.reportsChanges, let serial = invocations[id]?.serial else { return }
        changes.invocations[serial] = id
    }

    mutating func journalGrew(_ id: InvocationIdentity, from index: Int) {
        guard settings.reportsChanges, let serial = invocations[id]?.serial,
            changes.journals[serial] == nil
        else { return }
        changes.journals[serial] = Changes.Growth(id: id, from: index)
    }
}
