/// A place where one thing happens at a time, so that what belongs to it needs no locks: an event
/// loop, or a strand.
package protocol Confinement: TaskExecutor {
    /// This code runs there.
    var isCurrent: Bool { get }
    /// This code may touch what is confined there: it runs there, or nothing has been started there
    /// yet and what it builds will be handed over.
    var allowsAccess: Bool { get }
    /// Runs `body` there, after what was given to it before. From any thread.
    func execute(_ body: @escaping @Sendable () -> Void)
    /// Calls `body` there after `delay`. There only.
    func timer(after delay: Duration, _ body: @escaping () -> Void) -> any ConfinedTimer
    /// Calls the observer, once, when what can run now has run. There only.
    func atTurnEnd(_ observer: any TurnObserver)
    /// When what runs now got its turn, in monotonic nanoseconds and without a look at the clock: the
    /// work before it has noted it (`giveTurn`). There only.
    var turnTaken: UInt64 { get }
    /// Notes that other work gets its turn now, and returns the time. There only.
    @discardableResult func giveTurn() -> UInt64
}

extension Confinement {
    /// Traps in debug builds when this code may not touch what is confined there.
    @inline(__always)
    package func assertAccess() {
        assert(allowsAccess, "this belongs to another event loop or strand")
    }
}

/// A call that is made later, unless it is cancelled, there where it was made.
package protocol ConfinedTimer: AnyObject {
    func cancel()
}

/// Gathers what a turn has for another thread, to hand it over in one piece.
package protocol TurnObserver: AnyObject {
    func turnEnded()
}

extension LoopTimer: ConfinedTimer {}

extension EventLoop: Confinement {
    package func timer(
        after delay: Duration, _ body: @escaping () -> Void
    ) -> any ConfinedTimer {
        schedule(after: delay, body)
    }
}
