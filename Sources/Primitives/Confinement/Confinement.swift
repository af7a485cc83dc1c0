/// A place where one thing happens at a time, so that what is confined to it needs no locks: an
/// event loop or a strand. An attempt knows its place by this protocol alone, and so no sockets.
///
/// It is public, though no product shows its module, because the compiler inlines nothing of package
/// access in other modules, and release builds check nothing here.
public protocol Confinement: TaskExecutor {
    /// Whether the calling code runs there.
    var isCurrent: Bool { get }
    /// Whether the calling code may touch what is confined there: it runs there, or nothing has
    /// been started there yet, and what is being set up will be handed over.
    var allowsAccess: Bool { get }
    /// Runs `body` there, after what was submitted before. May be called from any thread.
    func execute(_ body: @escaping @Sendable () -> Void)
    /// Calls `body` there after `delay`. May be called there only.
    func timer(after delay: Duration, _ body: @escaping () -> Void) -> any ConfinedTimer
    /// Calls the observer once, when everything that can run now has run. May be called there only.
    func atTurnEnd(_ observer: any TurnObserver)
    /// Whether something has lately kept others waiting there, so that it pays to look at the clock
    /// to find out who does. May be read there only.
    var isWatched: Bool { get }
}

extension Confinement {
    /// Traps in debug builds when this code may not touch what is confined there.
    @inlinable @inline(__always) public func assertAccess() {
        assert(allowsAccess, "this belongs to another event loop or strand")
    }
}

/// A delayed call on a loop or strand, which can be cancelled there.
public protocol ConfinedTimer: AnyObject {
    func cancel()
}

/// Collects what one turn produces for another thread, to hand it over at once.
public protocol TurnObserver: AnyObject {
    func turnEnded()
}
