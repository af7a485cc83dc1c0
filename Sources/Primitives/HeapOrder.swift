/// Identifies an entry of an ``IndexedHeap``. Once the entry is gone the token is stale, and removing it
/// does nothing.
public struct HeapToken: Equatable, Sendable {
    @usableFromInline let slot: Int
    let generation: UInt32
}

/// The order of an ``IndexedHeap``, without what is ordered: so it is not generic, and no step looks up
/// a type.
@usableFromInline
struct HeapOrder: Sendable {
    struct Entry: Sendable {
        var time: UInt64
        /// Breaks ties: entries with equal times leave in the order in which they were added.
        var order: UInt64
        var slot: Int

        func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    /// The place of an entry. Slots never move, so tokens can refer to them. The generation is counted
    /// up when a slot is free again, which makes old tokens stale.
    private struct Slot: Sendable {
        var generation: UInt32 = 0
        var place = -1
    }

    private(set) var entries: [Entry] = []
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var added: UInt64 = 0

    @usableFromInline
    init() {}

    @usableFromInline var earliest: UInt64? { entries.first?.time }
    @usableFromInline var count: Int { entries.count }

    /// Adds an entry. Slots are numbered without gaps, so a new one is the number of those before.
    @usableFromInline
    mutating func add(at time: UInt64) -> HeapToken {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = slots.count
            slots.append(Slot())
        }
        let entry = Entry(time: time, order: added, slot: slot)
        added += 1
        entries.append(entry)
        moveUp(entry, from: entries.count - 1)
        return HeapToken(slot: slot, generation: slots[slot].generation)
    }

    /// Returns whether the entry was still there.
    @usableFromInline
    mutating func remove(_ token: HeapToken) -> Bool {
        guard slots.indices.contains(token.slot),
            slots[token.slot].generation == token.generation, slots[token.slot].place >= 0
        else { return false }
        remove(at: slots[token.slot].place)
        return true
    }

    /// Removes the earliest entry, if its time has come, and returns its slot.
    @usableFromInline
    mutating func next(at now: UInt64) -> Int? {
        guard let first = entries.first, first.time <= now else { return nil }
        remove(at: 0)
        return first.slot
    }

    private mutating func remove(at place: Int) {
        let slot = entries[place].slot
        slots[slot].generation &+= 1
        slots[slot].place = -1
        free.append(slot)
        let last = entries.removeLast()
        guard place < entries.count else { return }
        // The last one takes the place, and moves to where it belongs.
        if place > 0, last.isBefore(entries[(place - 1) / 2]) {
            moveUp(last, from: place)
        } else {
            moveDown(last, from: place)
        }
    }

    private mutating func moveUp(_ entry: Entry, from start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard entry.isBefore(entries[parent]) else { break }
            put(entries[parent], at: place)
            place = parent
        }
        put(entry, at: place)
    }

    private mutating func moveDown(_ entry: Entry, from start: Int) {
        var place = start
        while true {
            var child = 2 * place + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].isBefore(entries[child]) { child += 1 }
            guard entries[child].isBefore(entry) else { break }
            put(entries[child], at: place)
            place = child
        }
        put(entry, at: place)
    }

    private mutating func put(_ entry: Entry, at place: Int) {
        entries[place] = entry
        slots[entry.slot].place = place
    }
}
