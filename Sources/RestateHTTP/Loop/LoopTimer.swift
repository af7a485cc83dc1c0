/// A call that an event loop makes later, unless it is cancelled. Loop-confined.
package final class LoopTimer {
    @exclusivity(unchecked) fileprivate(set) var deadline: UInt64
    @exclusivity(unchecked) fileprivate(set) var body: (() -> Void)?
    /// Where it stands in the heap; -1 when it does not.
    @exclusivity(unchecked) fileprivate var slot = -1
    /// While it stands there. Not weak: an object that was ever weakly referenced pays for it with
    /// each later retain, and every task retains its loop.
    @exclusivity(unchecked) fileprivate var loop: EventLoop?

    fileprivate init(deadline: UInt64, loop: EventLoop, body: @escaping () -> Void) {
        self.deadline = deadline
        self.loop = loop
        self.body = body
    }

    package func cancel() {
        body = nil
        if slot >= 0 { loop?.timers.remove(self) }
    }
}

/// The timers of a loop, earliest first: a binary heap whose entries know their place, because most
/// timers are cancelled and a long one must not stay behind.
struct TimerHeap {
    private var heap: [LoopTimer] = []

    var isEmpty: Bool { heap.isEmpty }
    var earliest: UInt64? { heap.first?.deadline }

    mutating func add(at deadline: UInt64, loop: EventLoop, _ body: @escaping () -> Void)
        -> LoopTimer
    {
        let timer = LoopTimer(deadline: deadline, loop: loop, body: body)
        heap.append(timer)
        timer.slot = heap.count - 1
        siftUp(timer.slot)
        return timer
    }

    mutating func remove(_ timer: LoopTimer) {
        let slot = timer.slot
        guard heap.indices.contains(slot), heap[slot] === timer else { return }
        timer.slot = -1
        timer.loop = nil
        let last = heap.removeLast()
        if last === timer { return }
        heap[slot] = last
        last.slot = slot
        siftUp(slot)
        siftDown(last.slot)
    }

    /// The earliest timer's call, if its time has come.
    mutating func next(at now: UInt64) -> (() -> Void)? {
        guard let timer = heap.first, timer.deadline <= now else { return nil }
        remove(timer)
        let body = timer.body
        timer.body = nil
        return body
    }

    mutating func removeAll() {
        for timer in heap {
            timer.slot = -1
            timer.loop = nil
            timer.body = nil
        }
        heap = []
    }

    private mutating func siftUp(_ start: Int) {
        var slot = start
        while slot > 0, heap[slot].deadline < heap[(slot - 1) / 2].deadline {
            exchange(slot, (slot - 1) / 2)
            slot = (slot - 1) / 2
        }
    }

    private mutating func siftDown(_ start: Int) {
        var slot = start
        while true {
            var least = slot
            for child in [2 * slot + 1, 2 * slot + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            if least == slot { return }
            exchange(slot, least)
            slot = least
        }
    }

    private mutating func exchange(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        heap[a].slot = a
        heap[b].slot = b
    }
}
