/// The names of what an owner has changed since the last batch. It stays empty if nothing is
/// stored.
///
/// Each table has its own and notes changes in its mutating methods, and nobody else can change the
/// table's values. So no rule of the runtime can forget to have a change stored. What follows from
/// journals (timers, listeners, holders of keys) is not named, because recovery derives it.
struct Unstored<Names: ChangedNames>: Sendable {
    /// Whether there is a data folder.
    let isKept: Bool
    private(set) var names = Names()

    init(isKept: Bool) { self.isKept = isKept }

    var isEmpty: Bool { names.isEmpty }

    mutating func note(_ body: (inout Names) -> Void) {
        if isKept { body(&names) }
    }

    mutating func take() -> Names {
        defer { names = Names() }
        return names
    }
}

/// A set of changed names. The values are read only when a batch is encoded, so that a value that
/// changes often is written once.
protocol ChangedNames: Sendable {
    init()
    var isEmpty: Bool { get }
}
