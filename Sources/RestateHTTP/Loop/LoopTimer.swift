internal import Primitives

/// A call that an event loop makes later, unless it is cancelled. Loop-confined.
package final class LoopTimer {
    fileprivate var body: (() -> Void)?
    fileprivate var entry: IndexedHeap<LoopTimer>.Token?
    /// Set while the timer runs. Not weak: an object that was ever weakly referenced pays for it with
    /// each later retain, and every task retains its loop.
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

    /// The earliest timer's call, if its time has come.
    mutating func next(at now: UInt64) -> (() -> Void)? {
        heap.next(at: now)?.end()
    }

    mutating func removeAll() {
        while let timer = heap.next(at: .max) { _ = timer.end() }
    }
}
