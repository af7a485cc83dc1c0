/// What an owner has changed since it was stored last. It stays empty if nobody stores it.
///
/// Each owner has its own, writes to it in the methods that change its values, and lets nobody else
/// change those: so "what must be stored" cannot be forgotten. What follows from journals (timers, who
/// waits for whom, who holds a key) is not named, because recovery derives it.
struct Unstored<Names: ChangedNames>: Sendable {
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

/// Only names: the values are read when they are written down, so that what changes often is written
/// once.
protocol ChangedNames: Sendable {
    init()
    var isEmpty: Bool { get }
}
