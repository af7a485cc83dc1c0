internal import Primitives

/// A delayed call on an event loop, which can be cancelled. It is used on the loop only.
package final class LoopTimer {
    fileprivate var body: (() -> Void)?
    fileprivate var entry: IndexedHeap<LoopTimer>.Token?
    /// Set while the timer is waiting. It is not weak: weak references make each later retain of
    /// the loop slower, and every task retains its loop.
    fileprivate var loop: EventLoop?

    fileprivate init(loop: EventLoop, body: @escaping () -> Void) {
        self.loop = loop
        self.body = body
    }

    package func cancel() {
        loop?.assertAccess()
        if let entry { loop?.timers.heap.remove(entry) }
        _ = end()
    }

    fileprivate func end() -> (() -> Void)? {
        defer { (body, entry, loop) = (nil, nil, nil) }
        return body
    }
}

/// The timers of a loop, earliest first.
struct LoopTimers {
    fileprivate var heap = IndexedHeap<LoopTimer>()

    var earliest: UInt64? { heap.earliest }

    mutating func add(at deadline: UInt64, loop: EventLoop, _ body: @escaping () -> Void)
        -> LoopTimer
    {
        let timer = LoopTimer(loop: loop, body: body)
        timer.entry = heap.add(timer, at: deadline)
        return timer
    }

    /// Removes the earliest timer that is due and returns its call.
    mutating func next(at now: UInt64) -> (() -> Void)? {
        heap.next(at: now)?.end()
    }

    mutating func removeAll() {
        while let timer = heap.next(at: .max) { _ = timer.end() }
    }
}
