import RestateRuntime

/// Holds back everything that leaves the runtime until the changes on which it rests are committed.
///
/// One batch at a time is being written; changes meanwhile gather for the next one. So an item
/// waits for one of these two batches, or for none.
struct CommitGate {
    /// An effect, or a call that is told whether the batch was stored.
    enum Item {
        case effect(Effect)
        case call((StorageError?) -> Void)
    }

    private var behindNext: [Item] = []
    private var behindCurrent: [Item] = []
    private(set) var isStoring = false

    /// Holds an item back, or returns it if no change is pending.
    ///
    /// An item cannot know which change it rests on, so it waits for all that were made before it.
    ///
    /// - Parameter hasChanges: whether there are changes for the next batch.
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

    /// Notes that a batch with all changes so far is being written.
    mutating func began() {
        isStoring = true
        behindCurrent = behindNext
        behindNext = []
    }

    /// Returns the items that waited for the batch which is stored now.
    mutating func ended() -> [Item] {
        isStoring = false
        defer { behindCurrent = [] }
        return behindCurrent
    }

    /// Returns all items, because nothing will be stored any more.
    mutating func giveUp() -> [Item] {
        defer { (behindCurrent, behindNext) = ([], []) }
        return behindCurrent + behindNext
    }
}
