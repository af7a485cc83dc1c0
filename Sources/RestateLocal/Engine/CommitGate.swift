import RestateRuntime

/// Keeps back what must not be seen outside before the data that it rests on is stored.
///
/// There is one batch at a time on its way to the disk; what changes meanwhile gathers for the next
/// one. So each thing waits behind one of the two, or behind none.
struct CommitGate {
    enum Item {
        case effect(Effect)
        case call((StorageError?) -> Void)
    }

    private var behindNext: [Item] = []
    private var behindCurrent: [Item] = []
    private(set) var isStoring = false

    /// Gives the item back if nothing is in its way.
    ///
    /// - Parameter hasChanges: whether there is something to be stored with the next batch.
    mutating func hold(_ item: Item, hasChanges: Bool) -> Item? {
        if hasChanges {
            behindNext.append(item)
        } else if isStoring {
            behindCurrent.append(item)
        } else {
            return item
        }
        return nil
    }

    /// All that has changed is on its way.
    mutating func began() {
        isStoring = true
        behindCurrent = behindNext
        behindNext = []
    }

    /// It is stored: what waited behind it may go.
    mutating func ended() -> [Item] {
        isStoring = false
        defer { behindCurrent = [] }
        return behindCurrent
    }

    /// Nothing will be stored any more.
    mutating func giveUp() -> [Item] {
        defer { (behindCurrent, behindNext) = ([], []) }
        return behindCurrent + behindNext
    }
}
