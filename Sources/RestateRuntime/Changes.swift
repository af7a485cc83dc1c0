/// What has changed since it was stored last.
///
/// Only names: the values are read when they are written down, so that what changes often is written
/// once. What follows from the journals (timers, who waits for whom, who holds a key) is not named.
struct Changes: Sendable {
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
