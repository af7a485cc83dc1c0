/// What is to happen when, earliest first. Entries know their place, because most of them are taken
/// back before their time comes, and a long one must not stay behind.
struct DeadlineHeap<Payload: Sendable>: Sendable {
    /// Names an entry until it is removed or has come up; harmless afterwards.
    struct Token: Equatable, Sendable {
        fileprivate var slot: Int
        fileprivate var generation: UInt32
    }

    private struct Slot: Sendable {
        var payload: Payload?
        var generation: UInt32 = 0
        var place = -1
    }
    private struct Entry: Sendable {
        var time: Timestamp
        /// Equal times come up in the order in which they were added.
        var order: UInt64
        var slot: Int

        func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var added: UInt64 = 0

    var earliest: Timestamp? { heap.first?.time }
    var count: Int { heap.count }

    mutating func add(_ payload: Payload, at time: Timestamp) -> Token {
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

    mutating func remove(_ token: Token) {
        guard slots[token.slot].generation == token.generation else { return }
        _ = take(at: slots[token.slot].place)
    }

    /// The earliest entry, if its time has come.
    mutating func next(at now: Timestamp) -> Payload? {
        guard let first = heap.first, first.time <= now else { return nil }
        return take(at: 0)
    }

    private mutating func take(at place: Int) -> Payload? {
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

    private mutating func siftUp(_ start: Int) {
        var place = start
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func siftDown(_ start: Int) {
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

    private mutating func exchange(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        slots[heap[a].slot].place = a
        slots[heap[b].slot].place = b
    }
}
