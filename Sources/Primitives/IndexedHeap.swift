/// A min-heap of payloads by time, with removal in O(log n).
///
/// Most deadlines and timers are cancelled. So each entry knows its index in the heap and can be
/// removed at once, instead of staying there until its time comes.
///
/// Public, though no product shows this module: the compiler inlines and specializes nothing of package
/// access in other modules.
public struct IndexedHeap<Payload> {
    /// Identifies an entry. Once the entry is gone the token is stale, and removing it does
    /// nothing.
    public struct Token: Equatable, Sendable {
        @usableFromInline var slot: Int
        @usableFromInline var generation: UInt32

        @inlinable
        init(slot: Int, generation: UInt32) {
            self.slot = slot
            self.generation = generation
        }
    }

    /// Holds a payload and its index in the heap. Slots never move, so tokens can refer to them.
    /// The generation is counted up when a slot is reused, which makes old tokens stale.
    @usableFromInline
    struct Slot {
        @usableFromInline var payload: Payload?
        @usableFromInline var generation: UInt32 = 0
        @usableFromInline var place = -1

        @inlinable
        init() {}
    }

    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline var time: UInt64
        /// Breaks ties: entries with equal times leave in the order in which they were added.
        @usableFromInline var order: UInt64
        @usableFromInline var slot: Int

        @inlinable
        init(time: UInt64, order: UInt64, slot: Int) {
            self.time = time
            self.order = order
            self.slot = slot
        }

        @inlinable
        func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    @usableFromInline var heap: [Entry] = []
    @usableFromInline var slots: [Slot] = []
    @usableFromInline var free: [Int] = []
    @usableFromInline var added: UInt64 = 0

    @inlinable
    public init() {}

    @inlinable public var earliest: UInt64? { heap.first?.time }
    @inlinable public var count: Int { heap.count }

    /// Returns the earliest time among the matching entries, in linear time.
    public func earliest(where isMeant: (Payload) -> Bool) -> UInt64? {
        heap.filter { slots[$0.slot].payload.map(isMeant) ?? false }.map(\.time).min()
    }

    @inlinable
    public mutating func add(_ payload: Payload, at time: UInt64) -> Token {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = slots.count
            slots.append(Slot())
        }
        slots[slot].payload = payload
        slots[slot].place = heap.count
        heap.append(Entry(time: time, order: added, slot: slot))
        added += 1
        siftUp(heap.count - 1)
        return Token(slot: slot, generation: slots[slot].generation)
    }

    @inlinable
    public mutating func remove(_ token: Token) {
        guard slots.indices.contains(token.slot),
            slots[token.slot].generation == token.generation
        else { return }
        _ = take(at: slots[token.slot].place)
    }

    /// Removes and returns the earliest entry, if its time has come.
    @inlinable
    public mutating func next(at now: UInt64) -> Payload? {
        guard let first = heap.first, first.time <= now else { return nil }
        return take(at: 0)
    }

    @inlinable
    mutating func take(at place: Int) -> Payload? {
        let slot = heap[place].slot
        let last = heap.removeLast()
        if place < heap.count {
            heap[place] = last
            slots[last.slot].place = place
            siftUp(place)
            siftDown(slots[last.slot].place)
        }
        defer {
            slots[slot].payload = nil
            slots[slot].generation &+= 1
            free.append(slot)
        }
        return slots[slot].payload
    }

    @inlinable
    mutating func siftUp(_ start: Int) {
        var place = start
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    @inlinable
    mutating func siftDown(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if heap[child].isBefore(heap[least]) { least = child }
            }
            if least == place { return }
            exchange(place, least)
            place = least
        }
    }

    @inlinable
    mutating func exchange(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        slots[heap[a].slot].place = a
        slots[heap[b].slot].place = b
    }
}

extension IndexedHeap: Sendable where Payload: Sendable {}
extension IndexedHeap.Slot: Sendable where Payload: Sendable {}
